import { MAX_DRAFTS, MAX_USER_DOCUMENT_KEYS } from '@skerry/protocol/limits.ts';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { BO, craft, SERVER_CLIENT } from '../../../test/gateRig.ts';
import { newRoomId, ROOM, UserRig } from '../../../test/userRig.ts';

const PHONE = 11;
const LAPTOP = 12;
const EVES = 66;

describe('what a person writes', () => {
  test('U1 a read mark, a draft and a preference are accepted, and say what they mean', () => {
    const rig = new UserRig();
    const mark = { number: 9, except: [2, 7] };
    const update = rig.write(PHONE, (doc) => {
      doc.getMap('reads').set(ROOM, mark);
      doc.getMap('drafts').set(ROOM, { text: 'so far', at: 1 });
      doc.getMap('preferences').set('receipts', false);
    });
    expect(rig.take(update)).toEqual({
      kind: 'accept',
      clients: new Map([[PHONE, 3]]),
      keys: new Set([`reads/${ROOM}`, `drafts/${ROOM}`, 'preferences/receipts']),
      posts: [],
      edits: [],
      reading: { marks: [{ roomId: ROOM, mark }], sharesReceipts: false },
    });
    expect(rig.judge(update)).toEqual({ kind: 'nothing' });
  });

  test('G7 a mark that does not follow the present one is stale, whichever device', () => {
    const rig = new UserRig();
    const late = rig.set(LAPTOP, 'reads', ROOM, { number: 4 });
    expect(rig.take(rig.set(PHONE, 'reads', ROOM, { number: 3 })).kind).toBe('accept');
    expect(rig.take(late)).toEqual({
      kind: 'refuse',
      code: 'stale',
      key: `reads/${ROOM}`,
      client: LAPTOP,
    });
    expect(rig.take(rig.set(LAPTOP, 'reads', ROOM, { number: 4 })).kind).toBe('accept');
  });

  test('U3 of several marks in one update the last one counts', () => {
    const rig = new UserRig();
    const update = rig.write(PHONE, (doc) => {
      for (const number of [1, 2, 3]) doc.getMap('reads').set(ROOM, { number });
    });
    expect(rig.take(update)).toMatchObject({
      reading: { marks: [{ roomId: ROOM, mark: { number: 3 } }] },
    });
  });
});

const BAD: [what: string, code: string, root: string, key: string, value: unknown][] = [
  ['U3 a negative number', 'shape', 'reads', ROOM, { number: -1 }],
  ['U3 a broken number', 'shape', 'reads', ROOM, { number: 1.5 }],
  ['U3 a huge number', 'shape', 'reads', ROOM, { number: 2 ** 60 }],
  ['U3 an exception above the number', 'shape', 'reads', ROOM, { number: 3, except: [4] }],
  ['U3 exceptions out of order', 'shape', 'reads', ROOM, { number: 3, except: [2, 1] }],
  ['U3 an exception twice', 'shape', 'reads', ROOM, { number: 3, except: [2, 2] }],
  ['U3 an unknown field', 'shape', 'reads', ROOM, { number: 3, at: 1 }],
  ['U3 null', 'shape', 'reads', ROOM, null],
  [
    'U3 201 exceptions',
    'shape',
    'reads',
    ROOM,
    { number: 300, except: Array.from({ length: 201 }, (_, i) => i + 1) },
  ],
  ['U4 a preference of a newer client', 'client-too-new', 'preferences', 'theme', 'dark'],
  ['U4 a preference of another shape', 'shape', 'preferences', 'receipts', 'no'],
  ['U5 a NUL in a draft', 'shape', 'drafts', ROOM, { text: 'a\0b', at: 1 }],
  ['U5 a draft above 16 KB', 'too-large', 'drafts', ROOM, { text: 'x'.repeat(16_385), at: 1 }],
];

test.each(BAD)('%s is refused softly: the document stays open', (_, code, root, key, value) => {
  const rig = new UserRig();
  const before = rig.contents();
  const verdict = rig.take(rig.set(PHONE, root, key, value));
  expect(verdict).toEqual({ kind: 'refuse', code, key: `${root}/${key}`, client: PHONE });
  expect(rig.contents()).toBe(before);
});

const ATTACKS: [name: string, rule: string, build: (rig: UserRig) => Uint8Array][] = [
  [
    'U2 my own role',
    'root',
    (rig) => rig.set(EVES, 'rooms', ROOM, { kind: 'public', name: 'one', role: 'owner', head: 0 }),
  ],
  ['U2 a room that I am not in', 'root', (rig) => rig.set(EVES, 'rooms', newRoomId(), {})],
  ['U2 an unknown root', 'root', (rig) => rig.set(EVES, 'admins', ROOM, 1)],
  [
    'U2 a page’s root',
    'root',
    (rig) => rig.set(EVES, 'messages', newRoomId(), { by: BO, at: 1, text: 'x' }),
  ],
  ['U3 a mark for what is no room', 'key', (rig) => rig.set(EVES, 'reads', '__proto__', {})],
  ['U5 a draft for what is no room', 'key', (rig) => rig.set(EVES, 'drafts', 'x', null)],
  [
    'G4 the next clock of the server',
    'foreign-client',
    (rig) => rig.set(SERVER_CLIENT, 'reads', ROOM, { number: 1 }),
  ],
  [
    'G5 a nested type',
    'content',
    () =>
      craft({
        client: EVES,
        items: [{ root: 'reads', key: ROOM, content: new Y.ContentType(new Y.Map()) }],
      }),
  ],
  [
    'G16 a delete of the room list',
    'delete',
    () => craft({ client: EVES, deletes: [[SERVER_CLIENT, 0, 1]] }),
  ],
  [
    'G16 T6 a delete of the next room',
    'delete-ahead',
    () => craft({ client: EVES, deletes: [[SERVER_CLIENT, 1, 1]] }),
  ],
];

test.each(ATTACKS)('%s is refused as hostile (T10)', (_, rule, build) => {
  const rig = new UserRig();
  const before = rig.contents();
  expect(rig.judge(build(rig))).toMatchObject({ kind: 'refuse', hostile: rule });
  expect(rig.contents()).toBe(before);
});

test.each(ATTACKS)('%s is never accepted inside a full sync either', (_, rule, build) => {
  const rig = new UserRig();
  const { kind } = rig.judge(build(rig), undefined, 'sync-step-2');
  if (rule === 'root') expect(kind).toBe('rebuild');
  expect(['refuse', 'rebuild']).toContain(kind);
});

test('U1 whoever is not its owner writes nothing, should they ever get so far', () => {
  const rig = new UserRig();
  const update = rig.set(EVES, 'reads', ROOM, { number: 1 });
  expect(rig.judge(update, BO)).toMatchObject({ code: 'author', hostile: 'author' });
});

test('G16 a bare delete of an own mark is refused softly', () => {
  const rig = new UserRig();
  rig.take(rig.set(PHONE, 'reads', ROOM, { number: 1 }));
  const update = rig.write(PHONE, (doc) => {
    doc.getMap('reads').delete(ROOM);
  });
  expect(rig.judge(update)).toMatchObject({ kind: 'refuse', code: 'shape' });
});

describe('floods', () => {
  test('U6 a root takes 2,000 keys, then none, and the marks it has still move', () => {
    const rig = new UserRig();
    const rooms = Array.from({ length: MAX_USER_DOCUMENT_KEYS }, newRoomId);
    for (let from = 0; from < rooms.length; from += 1_000) {
      const some = rooms.slice(from, from + 1_000);
      const update = rig.write(PHONE, (doc) => {
        for (const room of some) doc.getMap('reads').set(room, { number: 1 });
      });
      expect(rig.take(update).kind).toBe('accept');
    }
    expect(rig.judge(rig.set(PHONE, 'reads', newRoomId(), { number: 1 }))).toMatchObject({
      kind: 'refuse',
      code: 'too-large',
    });
    const [known = ''] = rooms;
    expect(rig.judge(rig.set(PHONE, 'reads', known, { number: 2 })).kind).toBe('accept');
  });

  test('U6 a person has at most 100 drafts at a time, one by one or all at once', () => {
    const rig = new UserRig();
    const draft = { text: 'x', at: 1 };
    const rooms = Array.from({ length: MAX_DRAFTS + 1 }, newRoomId);
    const begin = (some: string[]) =>
      rig.write(PHONE, (doc) => {
        for (const room of some) doc.getMap('drafts').set(room, draft);
      });
    const full = { kind: 'refuse', code: 'too-large' };
    expect(rig.judge(begin(rooms))).toMatchObject(full);
    expect(rig.take(begin(rooms.slice(1))).kind).toBe('accept');
    expect(rig.judge(begin(rooms.slice(0, 1)))).toMatchObject(full);
    expect(rig.take(begin(rooms.slice(1, 3))).kind).toBe('accept');
    expect(rig.take(rig.set(PHONE, 'drafts', rooms[1] ?? '', null)).kind).toBe('accept');
    expect(rig.take(begin(rooms.slice(0, 1))).kind).toBe('accept');
  });

  test('G6 the dearest update of a user document is judged within 100 ms', () => {
    const rig = new UserRig();
    const update = rig.write(PHONE, (doc) => {
      for (let i = 0; i < 1_024; i++) doc.getMap('reads').set(newRoomId(), { number: 1 });
    });
    const tries = Array.from({ length: 5 }, () => {
      const start = performance.now();
      expect(rig.judge(update).kind).toBe('accept');
      return performance.now() - start;
    });
    expect(Math.min(...tries)).toBeLessThan(100);
  });
});

test('T17 what the server has written anew is its owner’s to change', () => {
  const rig = new UserRig();
  rig.serve((doc) => doc.getMap('reads').set(ROOM, { number: 1 }));
  expect(rig.take(rig.set(PHONE, 'reads', ROOM, { number: 2 })).kind).toBe('accept');
  const clock = Y.getState(rig.live.store, SERVER_CLIENT);
  const deleteRoomList = craft({ client: EVES, deletes: [[SERVER_CLIENT, clock - 2, 1]] });
  expect(rig.judge(deleteRoomList)).toMatchObject({ hostile: 'delete' });
});

describe('T17 a copy from before the document was written anew', () => {
  function rewritten() {
    const old = new UserRig();
    old.take(old.set(PHONE, 'reads', ROOM, { number: 1 }));
    const rig = new UserRig();
    for (const [client, owner] of old.owners) rig.owners.set(client, owner);
    return { old, rig };
  }

  test('a full sync of it is no attack: it must be fetched anew', () => {
    const { old, rig } = rewritten();
    const all = Y.encodeStateAsUpdate(old.live);
    expect(rig.judge(all, undefined, 'sync-step-2')).toEqual({
      kind: 'rebuild',
      rule: 'retired-client',
    });
  });

  test('a full sync of it is known by what the server wrote, when the ids of the person are forgotten', () => {
    const rig = new UserRig();
    rig.serve((doc) => doc.getMap('reads').set(ROOM, { number: 2 }));
    const servers = SERVER_CLIENT + 1;
    rig.owners.set(servers, null);
    const copy = new Y.Doc();
    copy.clientID = servers;
    copy.getMap('rooms').set(ROOM, { kind: 'public', name: 'one', role: 'member', head: 0 });
    // Yjs sends the highest id first.
    copy.clientID = servers + 1;
    copy.getMap('reads').set(ROOM, { number: 1 });
    const all = Y.encodeStateAsUpdate(copy);
    expect(rig.judge(all, undefined, 'sync-step-2')).toEqual({
      kind: 'rebuild',
      rule: 'root',
    });
    // What comes as written just now is judged as such.
    expect(rig.judge(all)).toMatchObject({ kind: 'refuse', code: 'stale' });
  });

  test('an own id that was retired is used no more: later, so that another one is taken', () => {
    const { old, rig } = rewritten();
    const next = old.set(PHONE, 'reads', ROOM, { number: 2 });
    expect(rig.judge(next)).toEqual({ kind: 'later' });
    expect(rig.judge(rig.set(PHONE, 'reads', ROOM, { number: 2 }))).toEqual({ kind: 'later' });
    expect(rig.judge(rig.set(LAPTOP, 'reads', ROOM, { number: 2 })).kind).toBe('accept');
  });
});

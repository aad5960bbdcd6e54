import { MAX_TEXT_BYTES } from '@skerry/protocol/limits.ts';
import * as Y from 'yjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { ANN, BO, GateRig, message, newId, page, set, write } from '../../../test/gateRig.ts';
import type { GateVerdict } from './verdict.ts';

let rig: GateRig;
beforeEach(() => {
  rig = new GateRig();
});

function codeOf(verdict: GateVerdict): string {
  return verdict.kind === 'refuse' ? verdict.code : verdict.kind;
}

test('G2 what the page holds already is nothing, however often it comes', () => {
  rig.seed(ANN, 11);
  rig.seed(BO, 12);
  const everything = Y.encodeStateAsUpdate(rig.live);
  expect(rig.judge(everything, BO, 'sync-step-2')).toEqual({ kind: 'nothing' });
  expect(rig.judge(everything, ANN, 'update')).toEqual({ kind: 'nothing' });
});

test('G2 a full sync that repeats everything and adds one own message is that message', () => {
  rig.seed(BO, 12);
  const fork = rig.fork(11);
  const id = newId();
  write(fork, (doc) => set(doc, id, message(ANN, 'new')));
  const verdict = rig.judge(Y.encodeStateAsUpdate(fork), ANN, 'sync-step-2');
  expect(verdict).toMatchObject({ kind: 'accept', keys: new Set([`messages/${id}`]) });
});

test('G3 T2 a lost update makes the next one a gap: later, not refused', () => {
  const fork = rig.fork(11);
  write(fork, (doc) => set(doc, newId(), message(ANN, 'lost')));
  const second = write(fork, (doc) => set(doc, newId(), message(ANN, 'next')));
  expect(rig.judge(second)).toEqual({ kind: 'later' });
  expect(rig.judge(Y.encodeStateAsUpdate(fork)).kind).toBe('accept');
});

test('G3 an edit of a message the page does not hold yet is later', () => {
  const writer = rig.fork(11);
  const id = newId();
  write(writer, (doc) => set(doc, id, message(ANN, 'first')));
  const other = page();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(writer));
  other.clientID = 12;
  expect(rig.judge(write(other, (doc) => set(doc, id, message(ANN, 'edited'))))).toEqual({
    kind: 'later',
  });
});

describe('G4 T12 what others or the server wrote', () => {
  test('is hostile in an update, and a copy to rebuild in a full sync', () => {
    rig.owners.set(12, BO);
    const update = write(rig.fork(12), (doc) => set(doc, newId(), message(ANN, 'x')));
    expect(rig.judge(update)).toMatchObject({ kind: 'refuse', hostile: 'foreign-client' });
    expect(rig.judge(update, ANN, 'sync-step-2')).toEqual({
      kind: 'rebuild',
      rule: 'foreign-client',
    });
  });

  test('is a copy to rebuild after a restored backup that knows neither id', () => {
    const before = new GateRig();
    before.seed(BO, 12);
    before.serve((doc) => {
      doc.getArray('order').push([['x', 1, 1]]);
    });
    const update = Y.encodeStateAsUpdate(before.live);
    expect(rig.judge(update, ANN, 'sync-step-2').kind).toBe('rebuild');
  });

  test('G21 is a copy to rebuild also where the sender’s own part of it alone would be stale', () => {
    const before = new GateRig();
    const id = before.seed(ANN, 90_000);
    before.serve((doc) => {
      doc.getArray('order').push([[id, 1, 1]]);
    });
    // Sent again since the backup was restored.
    rig.take(write(rig.fork(12), (doc) => set(doc, id, message(ANN, 'seed'))));
    expect(rig.judge(Y.encodeStateAsUpdate(before.live), ANN, 'sync-step-2')).toEqual({
      kind: 'rebuild',
      rule: 'root',
    });
  });
});

test('G7 T7 a set that does not follow the present value is stale, and goes through on a fresh fork', () => {
  const id = rig.seed(ANN, 11);
  const phone = rig.fork(12);
  const laptop = rig.fork(13);
  const first = write(phone, (doc) => set(doc, id, message(ANN, 'phone')));
  const late = write(laptop, (doc) => set(doc, id, message(ANN, 'laptop')));
  expect(rig.take(first).kind).toBe('accept');
  expect(rig.take(late)).toMatchObject({ code: 'stale', key: `messages/${id}`, client: 13 });
  const again = write(rig.fork(14), (doc) => set(doc, id, message(ANN, 'laptop')));
  expect(rig.take(again).kind).toBe('accept');
  expect(rig.live.getMap('messages').get(id)).toMatchObject({ text: 'laptop' });
});

test('G8 overwritten values arrive merged, and are cut at what the page knows', () => {
  const fork = rig.fork(11);
  const id = newId();
  const first = write(fork, (doc) => set(doc, id, message(ANN, 'v0')));
  expect(rig.take(first).kind).toBe('accept');
  for (const text of ['v1', 'v2', 'v3']) write(fork, (doc) => set(doc, id, message(ANN, text)));
  const verdict = rig.take(Y.encodeStateAsUpdate(fork));
  expect(verdict).toMatchObject({ kind: 'accept', posts: [], edits: [{ id }] });
  expect(rig.live.getMap('messages').get(id)).toMatchObject({ text: 'v3' });
});

describe('G10 the value of a message', () => {
  const refusals: [string, unknown, string][] = [
    ['is a plain object', 'text', 'shape'],
    ['is not null', null, 'shape'],
    ['has a text', { by: ANN, at: 1 }, 'shape'],
    ['has a time', { by: ANN, text: 'x' }, 'shape'],
    [
      'has no field this version does not know',
      { by: ANN, at: 1, text: 'x', hue: 1 },
      'client-too-new',
    ],
    ['T8 holds no NUL', { by: ANN, at: 1, text: 'a\0b' }, 'shape'],
    [
      'is at most 16 KB of text',
      { by: ANN, at: 1, text: 'x'.repeat(MAX_TEXT_BYTES + 1) },
      'too-large',
    ],
    [
      'T33 mentions at most 20',
      { by: ANN, at: 1, text: 'x', mentions: Array(21).fill(BO) },
      'shape',
    ],
    ['is no half tombstone', { by: ANN, at: 1, text: 'x', deleted: true }, 'shape'],
  ];
  test.each(refusals)('%s', (_, value, code) => {
    const verdict = rig.judge(write(rig.fork(11), (doc) => set(doc, newId(), value)));
    expect(verdict).toMatchObject({ kind: 'refuse', code });
    expect(verdict).not.toHaveProperty('hostile');
  });

  test('keeps at, replyTo, thread and files for ever', () => {
    const id = rig.seed(ANN, 11);
    const other = { by: ANN, at: 1_001, text: 'x' };
    expect(rig.judge(write(rig.fork(11), (doc) => set(doc, id, other)))).toMatchObject({
      code: 'author',
      hostile: 'author',
    });
  });
});

test('G12 a tombstone ends the chain; a redacted message takes nothing', () => {
  const id = rig.seed(ANN, 11);
  const tombstone = { by: ANN, at: 1_000, deleted: true };
  expect(rig.take(write(rig.fork(11), (doc) => set(doc, id, tombstone)))).toMatchObject({
    kind: 'accept',
    edits: [{ id, record: tombstone }],
  });
  const undelete = write(rig.fork(11), (doc) => set(doc, id, message(ANN, 'back')));
  expect(codeOf(rig.judge(undelete))).toBe('deleted');
  const redacted = rig.seed(ANN, 11);
  rig.serve((doc) => doc.getMap('redactions').set(redacted, { by: BO, at: 2 }));
  const edit = write(rig.fork(11), (doc) => set(doc, redacted, message(ANN, 'back')));
  expect(codeOf(rig.judge(edit))).toBe('removed');
  const quoting = (quote: string) => {
    const replyTo = { id: redacted, by: ANN, quote };
    const reply = { ...message(BO, 'as you said'), replyTo };
    return rig.judge(
      write(rig.fork(12), (doc) => set(doc, newId(), reply)),
      BO,
    );
  };
  expect(codeOf(quoting('what she said'))).toBe('removed');
  expect(quoting('').kind).toBe('accept');
});

test('G11 a reply whose quote the server took away is edited on a fresh fork, and its old words are stale', () => {
  const said = rig.seed(BO, 12);
  const id = newId();
  const answer = (quote: string, text: string) => ({
    ...message(ANN, text),
    replyTo: { id: said, by: BO, quote },
  });
  const reply = write(rig.fork(11), (doc) => set(doc, id, answer('so', 'yes')));
  expect(rig.take(reply).kind).toBe('accept');
  const late = write(rig.fork(13), (doc) => set(doc, id, answer('so', 'no')));
  rig.serve((doc) => doc.getMap('redactions').set(said, { by: ANN, at: 2 }));
  // Between the redaction and the loss of the quote.
  expect(codeOf(rig.judge(late))).toBe('accept');
  rig.serve((doc) => set(doc, id, answer('', 'yes')));

  expect(rig.judge(late)).toMatchObject({ code: 'stale', key: `messages/${id}` });
  const remembered = write(rig.fork(14), (doc) => set(doc, id, answer('so', 'no')));
  expect(rig.judge(remembered)).toEqual({
    ...{ kind: 'refuse', code: 'stale', key: `messages/${id}`, client: 14 },
  });
  // It is the server's value, and yet nobody else's to change.
  const theirs = write(rig.fork(16), (doc) => set(doc, id, { ...answer('', 'mine'), by: BO }));
  expect(rig.judge(theirs, BO)).toMatchObject({ hostile: 'author' });
  const fresh = write(rig.fork(15), (doc) => set(doc, id, answer('', 'no')));
  expect(rig.take(fresh)).toMatchObject({ kind: 'accept', edits: [{ id }] });
  const tombstone = { by: ANN, at: 1_000, deleted: true };
  const removal = write(rig.fork(17), (doc) => set(doc, id, tombstone));
  expect(rig.take(removal).kind).toBe('accept');
});

test('G13 T31 a first value that is a tombstone gets neither a number nor a row', () => {
  const tombstone = { by: ANN, at: 1, deleted: true };
  const verdict = rig.judge(write(rig.fork(11), (doc) => set(doc, newId(), tombstone)));
  expect(verdict).toMatchObject({ kind: 'accept', posts: [], edits: [] });
});

test('G14 T13 an id on another page is a duplicate for its author and an attack by anybody else', () => {
  const id = newId();
  rig.view = { ...rig.view, elsewhere: new Map([[id, ANN]]) };
  const again = write(rig.fork(11), (doc) => set(doc, id, message(ANN, 'x')));
  expect(rig.judge(again)).toMatchObject({ code: 'duplicate' });
  const stolen = write(rig.fork(12), (doc) => set(doc, id, message(BO, 'x')));
  expect(rig.judge(stolen, BO)).toMatchObject({ code: 'author', hostile: 'author' });
});

describe('G15 reactions', () => {
  const react = (key: string, value: unknown = 1) =>
    rig.judge(write(rig.fork(21), (doc) => doc.getMap('reactions').set(key, value)));

  test('are 1 or 0 under an own key of a message that is there', () => {
    const id = rig.seed(BO, 12);
    expect(react(`${id}/${ANN}/👍🏽`).kind).toBe('accept');
    expect(react(`${id}/${ANN}/👨‍👩‍👧‍👦`, 0).kind).toBe('accept');
    expect(codeOf(react(`${id}/${ANN}/👍`, 2))).toBe('shape');
    expect(codeOf(react(`${id}/${ANN}/${'a'.repeat(33)}`))).toBe('shape');
    expect(codeOf(react(`${id}/${ANN}/a b`))).toBe('shape');
    expect(codeOf(react(`${newId()}/${ANN}/👍`))).toBe('no-message');
  });

  test('are at most 20 for a person and message', () => {
    const id = rig.seed(BO, 12);
    const fork = rig.fork(21);
    for (let i = 0; i < 20; i++) {
      const key = `${id}/${ANN}/e${String(i)}`;
      expect(rig.take(write(fork, (doc) => doc.getMap('reactions').set(key, 1))).kind).toBe(
        'accept',
      );
    }
    const one = write(fork, (doc) => doc.getMap('reactions').set(`${id}/${ANN}/more`, 1));
    expect(codeOf(rig.judge(one))).toBe('too-many-reactions');
  });
});

test('G16 an own bare delete is refused softly: a tombstone is the way', () => {
  const id = rig.seed(ANN, 11);
  const verdict = rig.judge(
    write(rig.fork(11), (doc) => {
      doc.getMap('messages').delete(id);
    }),
  );
  expect(verdict).toEqual({ kind: 'refuse', code: 'shape' });
});

describe('G17 the room', () => {
  const posting = () => write(rig.fork(11), (doc) => set(doc, newId(), message(ANN, 'x')));

  test('takes nothing from someone who is no member', () => {
    rig.view = { ...rig.view, standing: undefined };
    expect(codeOf(rig.judge(posting()))).toBe('not-a-member');
  });

  test('when locked takes posts of moderators and owners, and deletes of everybody', () => {
    const id = rig.seed(ANN, 11);
    rig.view = { ...rig.view, room: { locked: true, archived: false } };
    expect(codeOf(rig.judge(posting()))).toBe('room-locked');
    const tombstone = { by: ANN, at: 1_000, deleted: true };
    expect(rig.judge(write(rig.fork(11), (doc) => set(doc, id, tombstone))).kind).toBe('accept');
    rig.view = { ...rig.view, standing: { role: 'moderator', name: 'Ann', avatar: '1' } };
    expect(rig.judge(posting()).kind).toBe('accept');
  });

  test('when archived takes deletes only, from owners too', () => {
    rig.view = {
      ...rig.view,
      room: { locked: false, archived: true },
      standing: { role: 'owner', name: 'Ann', avatar: '1' },
    };
    expect(codeOf(rig.judge(posting()))).toBe('room-archived');
  });
});

test('G18 a closed page takes edits and no new messages', () => {
  const id = rig.seed(ANN, 11);
  rig.view = { ...rig.view, closed: true };
  const edit = write(rig.fork(11), (doc) => set(doc, id, message(ANN, 'edited')));
  expect(rig.judge(edit).kind).toBe('accept');
  const other = newId();
  const posting = write(rig.fork(11), (doc) => set(doc, other, message(ANN, 'x')));
  expect(rig.judge(posting)).toMatchObject({ code: 'page-closed', key: `messages/${other}` });
});

test('G18 no page, open or closed, takes what would bring it above its last bounds', () => {
  const id = rig.seed(ANN, 11);
  const edit = write(rig.fork(12), (doc) => set(doc, id, message(ANN, 'edited')));
  const full = { kind: 'refuse', code: 'page-full', key: `messages/${id}`, client: 12 };
  const repeated = Y.encodeStateAsUpdate(rig.live);
  for (const closed of [false, true]) {
    rig.view = { ...rig.view, closed, isTooLarge: true };
    expect(rig.judge(edit)).toEqual(full);
    expect(rig.judge(repeated, ANN, 'sync-step-2')).toEqual({ kind: 'nothing' });
  }
  rig.view = { ...rig.view, closed: false, isTooLarge: false };
  const many = page();
  for (let client = 1; client <= 1_000; client++) {
    many.clientID = 100_000 + client;
    set(many, newId(), message(ANN, 'x'));
  }
  expect(rig.judge(Y.encodeStateAsUpdate(many))).toMatchObject({ code: 'page-full' });
});

test('G18 authors delete on a full page as well, under one id each, and nothing else comes with it', () => {
  const [id, other] = [rig.seed(ANN, 11), rig.seed(ANN, 11)];
  rig.view = { ...rig.view, closed: true, isTooLarge: true };
  const gone = { by: ANN, at: 1_000, deleted: true };
  const removal = write(rig.fork(12), (doc) => set(doc, id, gone));
  const withMore = (change: (doc: Y.Doc) => unknown) =>
    write(rig.fork(12), (doc) => {
      set(doc, id, gone);
      change(doc);
    });
  const full = { code: 'page-full' };
  expect(rig.judge(withMore((doc) => set(doc, other, message(ANN, 'edited'))))).toMatchObject(full);
  const reaction = `${other}/${ANN}/x`;
  expect(rig.judge(withMore((doc) => doc.getMap('reactions').set(reaction, 1)))).toMatchObject(
    full,
  );
  // Never stored: there is no end to these.
  expect(rig.judge(withMore((doc) => set(doc, newId(), gone)))).toMatchObject(full);
  // Edits that the delete overwrites, each under another id; Yjs sends the highest id first.
  const fork = rig.fork(100);
  const ids: Uint8Array[] = [];
  for (let client = 105; client > 100; client--) {
    fork.clientID = client;
    ids.push(write(fork, (doc) => set(doc, id, message(ANN, 'x'))));
  }
  ids.push(write(fork, (doc) => set(doc, id, gone)));
  expect(rig.judge(Y.mergeUpdates(ids))).toMatchObject(full);
  expect(rig.take(removal).kind).toBe('accept');
  const again = write(rig.fork(13), (doc) => set(doc, id, gone));
  expect(rig.judge(again).kind).toBe('refuse');
});

test('G19 T14 three offline sessions in one update are numbered in the order of writing', () => {
  for (let round = 0; round < 20; round++) {
    const device = page();
    const ids: string[] = [];
    for (let session = 0; session < 3; session++) {
      device.clientID = Math.floor(Math.random() * 2 ** 50) + 10_000;
      for (let i = 0; i < 3; i++) {
        const id = newId();
        ids.push(id);
        // Inside a session the clock of the device goes back; its writing order stays.
        set(device, id, message(ANN, 'x', 1_000 * session + (i === 2 ? 0 : i)));
      }
    }
    const verdict = rig.judge(Y.encodeStateAsUpdate(device), ANN, 'sync-step-2');
    expect(verdict.kind === 'accept' && verdict.posts.map(({ id }) => id)).toEqual(ids);
  }
});

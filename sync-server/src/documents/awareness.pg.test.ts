import { pageDocumentName, roomDocumentName } from '@skerry/protocol/documentName.ts';
import { parsePresence, type PresenceState } from '@skerry/protocol/presence/presence.ts';
import { encodeAwarenessUpdate } from 'y-protocols/awareness';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHarness, until, type Attached, type Harness } from '../../test/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

/** Who is present according to `at`, by client id; what is no presence shows as undefined. */
function presentAt(at: Attached): Map<number, PresenceState | undefined> {
  const states = at.provider.awareness?.getStates() ?? new Map<number, unknown>();
  return new Map([...states].map(([client, state]) => [client, parsePresence(state)]));
}

async function pair() {
  const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
  const roomId = await harness.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  const name = roomDocumentName(roomId);
  const [annsDevice, bosDevice] = [harness.device(ann), harness.device(bo)];
  const a = await annsDevice.attach(name, { awareness: true });
  const b = await bosDevice.attach(name, { awareness: true });
  return { ann, bo, roomId, a, b, annsDevice, bosDevice };
}

test('D9 presence is made from the session, whatever the client says', async () => {
  const { ann, a, b } = await pair();
  a.provider.setAwarenessField('user', { id: 'somebody', name: 'Admin', avatar: '0' });
  a.provider.setAwarenessField('secret', 'x'.repeat(100));
  a.provider.setAwarenessField('typing', true);
  const user = { id: ann.id, name: 'Ann', avatar: '210' };
  const seen = () => b.provider.awareness?.getStates().get(a.doc.clientID);
  await until('typing', () => seen()?.['typing'] === true);
  expect(seen()).toEqual({ user, typing: true });
  a.provider.setAwarenessField('typing', false);
  await until('no typing', () => seen()?.['typing'] === undefined);
  expect([...presentAt(b).keys()].sort()).toEqual([a.doc.clientID, b.doc.clientID].sort());
});

test('D9 nobody overwrites or removes the presence of somebody else', async () => {
  const { bo, a, b } = await pair();
  b.provider.setAwarenessField('typing', true);
  await until('Bo at Ann', () => presentAt(a).has(b.doc.clientID));
  const forged = a.provider.awareness;
  if (forged === null) throw new Error('no awareness');
  forged.states.set(b.doc.clientID, { user: { id: 'x', name: 'x', avatar: 'x' } });
  forged.meta.set(b.doc.clientID, { clock: 1_000, lastUpdated: 0 });
  forged.emit('update', [{ added: [], updated: [b.doc.clientID], removed: [] }, 'local']);
  a.provider.setAwarenessField('typing', true);
  await until('Ann at Bo', () => presentAt(b).get(a.doc.clientID)?.typing === true);
  const third = await harness.device(bo).attach(a.provider.configuration.name, { awareness: true });
  await until('Bo', () => presentAt(third).has(b.doc.clientID));
  expect(presentAt(third).get(b.doc.clientID)?.user.id).toBe(bo.id);
  expect(encodeAwarenessUpdate(forged, [b.doc.clientID]).length).toBeGreaterThan(0);
});

test('D9 who leaves is gone at once, with the socket still open', async () => {
  const { a, b } = await pair();
  a.provider.setAwarenessField('typing', true);
  await until('Ann at Bo', () => presentAt(b).has(a.doc.clientID));
  a.provider.awareness?.setLocalState(null);
  await until('Ann to be gone', () => !presentAt(b).has(a.doc.clientID), 2_000);
  a.provider.awareness?.setLocalState({ typing: true });
  await until('Ann to be back', () => presentAt(b).has(a.doc.clientID), 2_000);
});

test('D9 who loses the line is gone', async () => {
  const { a, b, annsDevice } = await pair();
  a.provider.setAwarenessField('typing', true);
  await until('Ann at Bo', () => presentAt(b).has(a.doc.clientID));
  annsDevice.close();
  await until('Ann to be gone', () => !presentAt(b).has(a.doc.clientID), 2_000);
});

test('D9 a state above 1 KB is dropped, and pages carry no presence', async () => {
  const { ann, bo, roomId, a, b } = await pair();
  a.provider.setAwarenessField('filler', 'x'.repeat(2_000));
  const name = pageDocumentName(roomId, 0);
  const pageA = await harness.device(ann).attach(name, { awareness: true });
  const pageB = await harness.device(bo).attach(name, { awareness: true });
  pageA.provider.setAwarenessField('typing', true);
  b.provider.setAwarenessField('typing', true);
  await until('an answer after it', () => presentAt(a).get(b.doc.clientID)?.typing === true);
  expect(presentAt(b).has(pageA.doc.clientID)).toBe(false);
  expect(presentAt(pageB).has(pageA.doc.clientID)).toBe(false);
  expect(pageA.closed).toEqual([]);
});

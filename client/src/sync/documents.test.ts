import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { expect, test } from 'vitest';
import { createManualTimers } from '../../test/sync/manualTimers.ts';
import { ROOM } from '../../test/sync/operations.ts';
import { createScriptedConnection } from '../../test/sync/scriptedConnection.ts';
import { createScriptedDocuments } from '../../test/sync/scriptedDocuments.ts';
import { createMemoryStore } from './localStore.ts';
import { createOutbox } from './outbox.ts';

const PAGE = pageDocumentName(ROOM, 3);

function open() {
  const connection = createScriptedConnection();
  const timers = createManualTimers();
  const outbox = createOutbox(createMemoryStore(), () => undefined);
  const documents = createScriptedDocuments({ connection, timers, outbox });
  const newest = () => {
    const one = connection.attached.at(-1);
    if (one === undefined) throw new Error('nothing was attached');
    return one;
  };
  return { connection, timers, documents, newest };
}

/** Lets everything that does not wait for the server come to its end. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((done) => setImmediate(done));
}

test('T12 two reasons to fetch a document anew at once attach it once', async () => {
  const { connection, documents, newest } = open();
  documents.acquire(PAGE);
  await settle();
  newest().onSynced();
  newest().onMessage({ type: 'rebuild' });
  const fetched = documents.fetchAnew(PAGE);
  await settle();
  expect(connection.attached).toHaveLength(2);
  expect(connection.open(PAGE)).toEqual([newest()]);
  newest().onSynced();
  const { state, doc } = await fetched;
  expect([state, doc === newest().doc]).toEqual(['fetched', true]);
});

test('T12 fetching anew waits while a denial may pass', async () => {
  const { timers, documents, newest } = open();
  let state: string | undefined;
  void documents.fetchAnew(PAGE).then((fetched) => {
    state = fetched.state;
  });
  await settle();
  for (const code of ['unavailable', 'too-many-requests', undefined, 'suspended'] as const) {
    newest().onDenied(code);
    await settle();
    expect(state).toBeUndefined();
    if (code === 'suspended') documents.retryDenied();
    else timers.pass(3_000);
  }
  newest().onSynced();
  await settle();
  expect(state).toBe('fetched');
});

test.each([
  ['not-found', 'missing'],
  ['not-a-member', 'denied'],
] as const)('T12 fetching anew ends with the final denial %s', async (code, state) => {
  const { documents, newest } = open();
  const fetched = documents.fetchAnew(PAGE);
  await settle();
  newest().onDenied(code);
  expect((await fetched).state).toBe(state);
});

test('however often a document was denied, it is asked for once after a while, and not once it is let go', async () => {
  const { connection, timers, documents, newest } = open();
  const live = [documents.acquire(PAGE)];
  await settle();
  newest().onDenied('not-found');
  for (let again = 0; again < 5; again += 1) {
    live.push(documents.acquire(PAGE));
    newest().onDenied('not-found');
  }
  const before = connection.attached.length;
  timers.pass(3_000);
  expect(connection.attached).toHaveLength(before + 1);
  newest().onDenied('not-found');
  timers.pass(3_000);
  expect(connection.attached).toHaveLength(before + 2);
  newest().onDenied('not-found');
  for (const one of live) one.release();
  expect(timers.pending()).toBe(0);
});

import { pageDocumentName, userDocumentName } from '@skerry/protocol/documentName.ts';
import { definePage, messagesOf, orderOf } from '@skerry/protocol/page/pageDoc.ts';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { createManualTimers } from '../../test/sync/manualTimers.ts';
import { ANN, deletion, edit, post, ROOM } from '../../test/sync/operations.ts';
import { createScriptedConnection, type Attached } from '../../test/sync/scriptedConnection.ts';
import { createScriptedDocuments } from '../../test/sync/scriptedDocuments.ts';
import { createMemoryStore } from './localStore.ts';
import { messagesIn } from './operation.ts';
import { addOperation, createOutbox, settleOperations, type NewOperation } from './outbox.ts';
import { createSentKeeper } from './sentKeeper.ts';

const USER = userDocumentName(ANN);
const PAGE_0 = pageDocumentName(ROOM, 0);
const PAGE_1 = pageDocumentName(ROOM, 1);
const PAGE_2 = pageDocumentName(ROOM, 2);

/** A device that sent these to a server whose database was restored since; its newest page is page 1. */
async function openAfter(sent: readonly NewOperation[], { maySend = true } = {}) {
  const has = new Map<string, NewOperation[]>();
  const denials = new Map<string, 'unavailable' | 'unauthenticated'>();
  const answer = ({ name, doc, link, onDenied, onSynced }: Attached): void => {
    const denial = denials.get(name);
    if (denial !== undefined) {
      onDenied(denial);
      return;
    }
    const page = new Y.Doc();
    definePage(page);
    for (const { messageId, value } of has.get(name) ?? []) {
      messagesOf(page).set(messageId, value);
      orderOf(page).push([[messageId, 5, 1]]);
    }
    if (name !== USER) Y.applyUpdate(doc, Y.encodeStateAsUpdate(page), link.origin);
    onSynced();
  };
  const connection = createScriptedConnection(answer);
  const timers = createManualTimers();
  const store = createMemoryStore();
  const outbox = createOutbox(store, () => undefined);
  for (const operation of sent) {
    await outbox.change(addOperation(operation));
    await outbox.note(settleOperations(new Set([operation.opId])));
  }
  await store.saveMeta('epoch', 'before');
  const documents = createScriptedDocuments({ connection, timers, outbox });
  const keeper = createSentKeeper({
    userDocument: USER,
    ...{ store, outbox, documents, timers },
    findHead: () => 1,
    lastOf: () => undefined,
    maySend: () => maySend,
  });
  const waiting = (): string[] =>
    messagesIn(outbox.rows.get().outbox)
      .toSorted((a, b) => a.seq - b.seq)
      .map(({ value }) => ('text' in value ? value.text : ''));
  return { has, denials, timers, store, outbox, documents, keeper, waiting };
}

function sentTo(document: string, operation: NewOperation): NewOperation {
  return { ...operation, target: { document } };
}

/** Lets everything that does not wait for the server come to its end. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((done) => setImmediate(done));
}

test('B9 words that are gone from a page are forgotten in a tab that does not send, too', async () => {
  const [kept, removed] = [post('kept'), post('removed')];
  const { timers, store, keeper } = await openAfter([kept, removed], { maySend: false });
  const page = new Y.Doc();
  definePage(page);
  messagesOf(page).set(kept.messageId, kept.value);
  messagesOf(page).set(removed.messageId, deletion(removed).value);
  keeper.pageChanged(PAGE_0, page);
  timers.pass(1_000);
  await settle();
  const sent = await store.loadSent();
  expect(sent.map(({ messageId }) => messageId)).toEqual([kept.messageId]);
  // Nothing holds the page any longer: a change of another one does not look at it again.
  messagesOf(page).set(kept.messageId, deletion(kept).value);
  keeper.pageChanged(PAGE_1, new Y.Doc());
  timers.pass(1_000);
  await settle();
  expect(await store.loadSent()).toHaveLength(1);
});

test('B3 T12 words of several pages go again in the order of writing, also those that were edited', async () => {
  const [one, two, three, four, five] = [post('1'), post('2'), post('3'), post('4'), post('5')];
  const { has, store, outbox, keeper, waiting } = await openAfter([
    sentTo(PAGE_0, one),
    sentTo(PAGE_0, two),
    sentTo(PAGE_1, three),
    sentTo(PAGE_2, four),
    sentTo(PAGE_0, { ...edit(two, '2, edited'), at: five.at + 1_000 }),
  ]);
  has.set(PAGE_0, [one]);
  await outbox.change(addOperation(five));
  keeper.hearEpoch('after');
  await settle();
  expect(waiting()).toEqual(['2, edited', '3', '4', '5']);
  expect(await store.loadMeta('epoch')).toBe('after');
});

test.each([USER, PAGE_0])(
  'T12 no words are lost while the server cannot give %s',
  async (document) => {
    const { denials, timers, store, keeper, waiting } = await openAfter([
      sentTo(PAGE_0, post('precious')),
    ]);
    denials.set(document, 'unavailable');
    keeper.hearEpoch('after');
    await settle();
    timers.pass(3_000);
    await settle();
    expect([waiting(), await store.loadMeta('epoch')]).toEqual([[], 'before']);
    denials.clear();
    timers.pass(3_000);
    await settle();
    expect([waiting(), await store.loadMeta('epoch')]).toEqual([['precious'], 'after']);
  },
);

test('T12 signed out in the middle: it goes on when the person signed in again', async () => {
  const { denials, documents, store, keeper, waiting } = await openAfter([
    sentTo(PAGE_0, post('precious')),
  ]);
  denials.set(PAGE_0, 'unauthenticated');
  keeper.hearEpoch('after');
  await settle();
  expect(await store.loadMeta('epoch')).toBe('before');
  denials.clear();
  documents.retryDenied();
  await settle();
  expect([waiting(), await store.loadMeta('epoch')]).toEqual([['precious'], 'after']);
});

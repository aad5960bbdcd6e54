import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { isTombstone } from '@skerry/protocol/page/messageRecord.ts';
import { definePage, messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import { expect, test } from 'vitest';
import { Doc } from 'yjs';
import { ANN, post, ROOM } from '../../test/sync/operations.ts';
import { createMemoryStore } from './localStore.ts';
import type { PageView } from './messageList.ts';
import { messagesIn } from './operation.ts';
import { createOutbox } from './outbox.ts';
import { createRoomActs } from './roomActs.ts';

test('B22 an edit is kept although its page was let go while it was written', async () => {
  const { messageId, value } = post('far back');
  const page: PageView = { page: 3, doc: new Doc() };
  definePage(page.doc);
  messagesOf(page.doc).set(messageId, value);
  let held: PageView | undefined = page;
  const outbox = createOutbox(createMemoryStore(), () => undefined);
  const acts = createRoomActs({
    me: { id: ANN, name: 'Ann', avatar: '10' },
    outbox,
    pages: { find: () => held, head: () => 30 },
    about: () => ({ id: ROOM, kind: 'public', name: 'General' }),
    now: Date.now,
  });
  const save = acts.edit(messageId);
  held = undefined;
  await save('reworded');
  const edits = messagesIn(outbox.rows.get().outbox);
  expect(
    edits.map(({ kind, value, target }) => [kind, !isTombstone(value) && value.text, target]),
  ).toEqual([['edit', 'reworded', { document: pageDocumentName(ROOM, 3) }]]);
});

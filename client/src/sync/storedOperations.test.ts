import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import { expect, test } from 'vitest';
import { Doc } from 'yjs';
import { edit, post } from '../../test/sync/operations.ts';
import { findStored } from './storedOperations.ts';

test('an operation is stored when the page shows its struct, a post also by its place in order', () => {
  const page = new Doc();
  definePage(page);
  page.clientID = 7;
  page.getMap('messages').set('a', 1);
  const placed = { ...post('no attempt was written'), seq: 1, attempts: [] };
  page.getArray('order').push([[placed.messageId, 2, 1]]);
  const at = (clock: number) => [{ client: 7, clock }];
  const shown = { ...edit(placed, 'shown'), seq: 2, attempts: at(0) };
  const open = [
    { ...edit(placed, 'never left'), seq: 3, attempts: [] },
    { ...edit(placed, 'on its way'), seq: 4, attempts: at(9) },
    { ...post('on its way'), seq: 5, attempts: at(9) },
  ];
  const { document } = placed.target;
  const all = [placed, shown, ...open];
  expect(findStored(all, document, page, true)).toEqual([placed, shown]);
  expect(findStored(all, 'another page', page, true)).toEqual([]);
});

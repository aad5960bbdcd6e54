import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { MessageId } from '../ids.ts';
import { definePage, orderOf, readOrder, type OrderEntry } from './pageDoc.ts';

function id(n: number): MessageId {
  return `0193a0d0-0000-7000-8000-00000000000${n}` as MessageId;
}

test('T11 the order is read by number, whatever the index, and without what is no entry', () => {
  const doc = new Y.Doc();
  definePage(doc);
  const entries: OrderEntry[] = [
    [id(3), 30, 3],
    [id(1), 10, 1],
    [id(2), 20, 2],
  ];
  orderOf(doc).push([...entries, ['nonsense' as MessageId, 1, 0]]);
  expect(readOrder(doc)).toEqual([
    [id(1), 10, 1],
    [id(2), 20, 2],
    [id(3), 30, 3],
  ]);
});

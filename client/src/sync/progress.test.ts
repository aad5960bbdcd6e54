import { expect, test } from 'vitest';
import { post } from '../../test/sync/operations.ts';
import { NO_ROWS, type OperationRows } from './operation.ts';
import { addOperation, removeOperations } from './outbox.ts';
import { followProgress } from './progress.ts';
import { createCell } from './readable.ts';

test('a backlog is counted from when nothing waited until nothing waits, and a short one is not', () => {
  const rows = createCell<OperationRows>(NO_ROWS);
  const progress = followProgress(rows, () => false);
  const posts = Array.from({ length: 30 }, (_, index) => post(`message ${index}`));
  const add = (from: number, to: number): void => {
    rows.set(posts.slice(from, to).reduce((all, one) => addOperation(one)(all), rows.get()));
  };
  const send = (from: number, to: number): void => {
    rows.set(removeOperations(new Set(posts.slice(from, to).map(({ opId }) => opId)))(rows.get()));
  };
  add(0, 20);
  expect(progress.get()).toBeUndefined();
  send(0, 5);
  add(20, 30);
  expect(progress.get()).toEqual({ sent: 5, total: 30 });
  send(5, 29);
  expect(progress.get()).toEqual({ sent: 29, total: 30 });
  send(29, 30);
  expect(progress.get()).toBeUndefined();
  add(0, 3);
  expect(progress.get()).toBeUndefined();
});

test('what cannot go now makes no backlog of what is written and sent beside it', () => {
  const rows = createCell<OperationRows>(NO_ROWS);
  const held = post('asks first');
  const progress = followProgress(rows, ({ opId }) => opId === held.opId);
  rows.set(addOperation(held)(rows.get()));
  for (let n = 0; n < 30; n += 1) {
    const one = post(`message ${n}`);
    rows.set(addOperation(one)(rows.get()));
    rows.set(removeOperations(new Set([one.opId]))(rows.get()));
  }
  expect(progress.get()).toBeUndefined();
});

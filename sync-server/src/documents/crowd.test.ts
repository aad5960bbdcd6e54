import { Document } from '@hocuspocus/server';
import { UserId } from '@skerry/protocol/ids.ts';
import { v7 as uuidv7 } from 'uuid';
import { expect, test } from 'vitest';
import { Crowd } from './crowd.ts';

test('T21 who leaves another process leaves nothing behind, whether they were heard of before or not', async () => {
  const document = new Document('room:any');
  const crowd = new Crowd(document, () => undefined);
  const { states, meta } = document.awareness;
  const before = [...meta.keys()];
  const user = { id: UserId.parse(uuidv7()), name: 'Ann', avatar: '210' };
  crowd.hear([
    [7, 1, { user }],
    [8, 5, null],
  ]);
  expect([states.has(7), meta.has(8)]).toEqual([true, false]);
  crowd.hear([[7, 2, null]]);
  await Promise.resolve();
  expect(states.has(7)).toBe(false);
  expect([...meta.keys()]).toEqual(before);
  document.destroy();
});

import type { MessageId } from '@skerry/protocol/ids.ts';
import { newMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { ANN, post } from '../../test/sync/operations.ts';
import type { MessageOperation } from './operation.ts';
import { nextValue } from './operationKey.ts';

test('B9 a quote that the server took away meanwhile does not come back with an edit', () => {
  const replyTo = { id: v7() as MessageId, by: ANN, quote: 'what was said' };
  const mine = { ...newMessageRecord(ANN, 1, 'yes'), replyTo };
  const value = { ...mine, text: 'no', editedAt: 2 };
  const operation: MessageOperation = {
    ...{ ...post('yes'), kind: 'edit', value, seq: 1, attempts: [] },
  };
  const present = { ...mine, replyTo: { ...replyTo, quote: '' } };
  expect(nextValue(operation, present)).toEqual({ ...value, replyTo: present.replyTo });
  // What is not there yet, or was deleted since: the words as they were written.
  expect(nextValue(operation, undefined)).toEqual(value);
  expect(nextValue(operation, { by: ANN, at: 1, deleted: true })).toEqual(value);
});

import { expect, test } from 'vitest';
import { createDisk } from '../../test/sync/disk.ts';
import { edit, post } from '../../test/sync/operations.ts';
import type { LocalStore } from './localStore.ts';
import { addOperation, claimOperations, createOutbox, removeOperations } from './outbox.ts';

const UNDER = { document: 'page', client: 7, clock: 0 };

test('what a full disk does not take is shown, and written with the next change', async () => {
  const disk = createDisk();
  const outbox = createOutbox(disk.store, () => undefined);
  const written = post('words');
  await outbox.change(addOperation(written));
  disk.setFull(true);
  await outbox.note(claimOperations([written.opId], UNDER).rule);
  const attempts = [{ client: 7, clock: 0 }];
  expect(outbox.rows.get().outbox[0]?.attempts).toEqual(attempts);
  expect(disk.rows().outbox[0]?.attempts).toEqual([]);

  disk.setFull(false);
  // It may have left: the edit is not squashed into it.
  await outbox.change(addOperation(edit(written, 'edited')));
  expect(disk.rows().outbox.map(({ kind, attempts: made }) => [kind, made])).toEqual([
    ['post', attempts],
    ['edit', []],
  ]);
});

test('a change of the person that the disk does not take is not shown', async () => {
  const disk = createDisk();
  const outbox = createOutbox(disk.store, () => undefined);
  disk.setFull(true);
  await expect(outbox.change(addOperation(post('words')))).rejects.toThrow('no space');
  expect(outbox.rows.get().outbox).toEqual([]);
});

test('an answer of the store that was overtaken hides nothing', async () => {
  const disk = createDisk();
  let tell: () => void = () => undefined;
  const overtaken = new Promise<void>((done) => (tell = done));
  let changes = 0;
  const store: LocalStore = {
    ...disk.store,
    change: async (rule) => {
      const changed = await disk.store.change(rule);
      changes += 1;
      if (changes === 1) await overtaken;
      return changed;
    },
  };
  const outbox = createOutbox(store, () => undefined);
  const first = outbox.change(addOperation(post('from this tab')));
  await disk.store.change(addOperation(post('from another tab')));
  await outbox.reload();
  tell();
  await first;
  expect(outbox.rows.get().outbox).toHaveLength(2);
});

test('what is stored leaves this tab’s list although the disk cannot be written', async () => {
  const disk = createDisk();
  const written = post('words');
  await disk.store.change(addOperation(written));
  const change = (): Promise<never> => Promise.reject(new DOMException('gone', 'UnknownError'));
  const outbox = createOutbox({ ...disk.store, change }, () => undefined);
  await outbox.reload();
  await outbox.note(removeOperations(new Set([written.opId])));
  expect(outbox.rows.get().outbox).toEqual([]);
  await outbox.reload();
  expect(outbox.rows.get().outbox).toEqual([]);
});

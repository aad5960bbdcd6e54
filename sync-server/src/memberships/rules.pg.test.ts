import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHarness, type Harness } from '../../test/harness.ts';
import { removeMember } from '../moderation/removeMember.ts';
import { suspendAccount } from '../moderation/suspendAccount.ts';
import { joinRoom } from './joinRoom.ts';
import { leaveRoom } from './leaveRoom.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

test('L8 M3 whatever changes who may write bumps the rules of the pages once, in its own transaction', async () => {
  const { db, documents } = harness;
  const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
  await db.kysely.updateTable('users').set({ role: 'admin' }).where('id', '=', ann.id).execute();
  const roomId = await harness.room([[ann, 'owner']]);
  await harness.device(ann).page(roomId);
  const rules = async () => {
    const row = await db.kysely
      .selectFrom('documents')
      .select('rules')
      .where('name', '=', pageDocumentName(roomId, 0))
      .executeTakeFirstOrThrow();
    return row.rules;
  };
  const seen: number[] = [];
  // What follows the commit may never come.
  const access = {
    ...documents,
    accessChanged: async (change: Parameters<typeof documents.accessChanged>[0]) => {
      seen.push(await rules());
      await documents.accessChanged(change);
    },
  };
  const deps = { db, access, clock: Date.now, endSessions: () => undefined };
  const cmd = { roomId, userId: bo.id };
  await joinRoom(deps, cmd);
  await leaveRoom(deps, cmd);
  await joinRoom(deps, cmd);
  await removeMember(deps, { ...cmd, actorId: ann.id, reason: 'noise' });
  await joinRoom(deps, cmd);
  await suspendAccount(deps, { userId: bo.id, actorId: ann.id, reason: 'noise' });
  expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await rules()).toBe(6);
});

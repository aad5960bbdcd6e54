import type { UserId } from '@skerry/protocol/ids.ts';
import { localDatabaseName, openIndexedDbStore } from './indexedDbStore.ts';
import { messagesIn, toOperationView } from './operation.ts';
import { deleteDatabase } from './storedDocument.ts';
import { tellTabsToLeave } from './tabs.ts';
import type { OperationView } from './views.ts';

const WIPE_TRIES = 10;

export function documentDatabaseName(userId: UserId, documentName: string): string {
  return `${localDatabaseName(userId)}:${documentName}`;
}

/**
 * Deletes everything of this person on this device, in every tab. Rejects when something is left: then
 * the device must not be called clean.
 */
export async function wipeDevice(userId: UserId): Promise<void> {
  tellTabsToLeave(userId);
  for (let tries = 0; tries < WIPE_TRIES; tries += 1) {
    const names = await databasesOf(userId);
    if (names.length === 0) return;
    // A tab that is just closing may still write one anew: look again after each round.
    await Promise.all(names.map((name) => deleteDatabase(name)));
  }
  throw new Error('the local databases could not be deleted');
}

/** Deletes the copies of documents that nobody has open. */
export async function deleteStoredDocuments(
  userId: UserId,
  isLost: (documentName: string) => boolean,
): Promise<void> {
  const prefix = documentDatabaseName(userId, '');
  const names = await databasesOf(userId);
  const lost = names.filter((name) => name.startsWith(prefix) && isLost(name.slice(prefix.length)));
  await Promise.all(lost.map((name) => deleteDatabase(name)));
}

/** My unsent and refused operations, oldest first, with nothing else open. */
export async function readUnsent(userId: UserId): Promise<OperationView[]> {
  const names = await databasesOf(userId);
  if (!names.includes(localDatabaseName(userId))) return [];
  const store = await openIndexedDbStore(userId);
  try {
    const { outbox, tray } = await store.load();
    return [...tray, ...messagesIn(outbox)].map((row) => toOperationView(row, false));
  } finally {
    store.close();
  }
}

/** How much would be lost if this device's data went now. */
export async function countUnsent(userId: UserId): Promise<number> {
  const operations = await readUnsent(userId);
  return operations.length;
}

async function databasesOf(userId: UserId): Promise<string[]> {
  const own = localDatabaseName(userId);
  const all = await indexedDB.databases();
  return all.flatMap(({ name }) =>
    name !== undefined && (name === own || name.startsWith(`${own}:`)) ? name : [],
  );
}

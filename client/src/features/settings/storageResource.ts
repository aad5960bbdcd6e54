import { createResource } from '../../api/resource.ts';

interface StorageState {
  /** The browser has promised not to clear it by itself. */
  isPersisted: boolean;
  usedBytes: number | undefined;
}

async function readStorage(): Promise<StorageState> {
  const [isPersisted, { usage }] = await Promise.all([
    navigator.storage.persisted(),
    navigator.storage.estimate(),
  ]);
  return { isPersisted, usedBytes: usage };
}

/** What this device keeps, asked of the browser. */
export const storageResource = createResource(readStorage);

/** Asks the browser to keep what is here; some ask the person. */
export async function askToPersist(): Promise<void> {
  await navigator.storage.persist();
  await storageResource.refresh();
}

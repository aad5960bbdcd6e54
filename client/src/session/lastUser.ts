import { UserId } from '@skerry/protocol/ids.ts';
import * as z from 'zod/mini';

const KEY = 'skerry:user';

/** Who this device belongs to, so that the app opens without a request. Stored: add, never rename. */
const LastUser = z.object({
  id: UserId,
  handle: z.string(),
  email: z.string(),
  displayName: z.string(),
  avatar: z.string(),
  about: z.string(),
});
export type LastUser = z.infer<typeof LastUser>;

export function readLastUser(storage?: Storage): LastUser | undefined {
  try {
    return LastUser.safeParse(JSON.parse((storage ?? localStorage).getItem(KEY) ?? 'null')).data;
  } catch {
    return undefined; // storage is blocked, or the entry is damaged: sign in again
  }
}

export function writeLastUser(user: LastUser, storage?: Storage): void {
  try {
    (storage ?? localStorage).setItem(KEY, JSON.stringify(z.parse(LastUser, user)));
  } catch {
    // Storage is blocked: the app then asks who it is at each start.
  }
}

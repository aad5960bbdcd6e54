import * as z from 'zod/mini';
import type * as Y from 'yjs';
import type { RefusalCode } from '../refusals.ts';
import { USER_ROOTS } from './userDoc.ts';

/** The keys of `preferences` in a user document. Stored for ever: add, never rename. */
const SCHEMAS = {
  /** Others may see how far I have read. */
  receipts: z.boolean(),
};

export interface Preferences {
  receipts: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = { receipts: true };

/** What of another version or shape a person may not set; undefined when it is allowed. */
export function refusePreference(key: string, value: unknown): RefusalCode | undefined {
  if (!isPreference(key)) return 'client-too-new';
  return SCHEMAS[key].safeParse(value).success ? undefined : 'shape';
}

export function readPreferences(doc: Y.Doc): Preferences {
  const receipts = SCHEMAS.receipts.safeParse(doc.getMap(USER_ROOTS.preferences).get('receipts'));
  return { receipts: receipts.success ? receipts.data : DEFAULT_PREFERENCES.receipts };
}

function isPreference(key: string): key is keyof Preferences {
  return Object.hasOwn(SCHEMAS, key);
}

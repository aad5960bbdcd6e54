import type { Migration } from 'kysely/migration';
import { createFoundation } from './0001_foundation.ts';
import { addSyncCore } from './0002_sync_core.ts';
import { stopSamplingContent } from './0003_unsampled_content.ts';
import { rememberJoining } from './0004_joining.ts';
import { dropClientClocks } from './0006_clients_without_clock.ts';
import { findErasuresByMessage } from './0007_erasures_by_message.ts';
import { moveReceiptPreferences } from './0008_receipt_preferences.ts';

/** In the order they run: append only, never edit one that has shipped. */
export const migrations: Record<string, Migration> = {
  '0001_foundation': { up: createFoundation },
  '0002_sync_core': { up: addSyncCore },
  '0003_unsampled_content': { up: stopSamplingContent },
  '0004_joining': { up: rememberJoining },
  '0006_clients_without_clock': { up: dropClientClocks },
  '0007_erasures_by_message': { up: findErasuresByMessage },
  '0008_receipt_preferences': { up: moveReceiptPreferences },
};

import { Documents } from '../../src/sync/documents.ts';
import type { Outbox } from '../../src/sync/outbox.ts';
import { DocumentSender } from '../../src/sync/sender.ts';
import type { ManualTimers } from './manualTimers.ts';
import type { ScriptedConnection } from './scriptedConnection.ts';

interface Scene {
  connection: ScriptedConnection;
  timers: ManualTimers;
  outbox: Outbox;
}

/** The documents of a tab that may write, in memory, on a connection and a clock that the test drives. */
export function createScriptedDocuments({ connection, timers, outbox }: Scene): Documents {
  return new Documents({
    connection,
    databaseName: undefined,
    mayWrite: () => true,
    guarded: true,
    createSender: (document, wire, stored) =>
      new DocumentSender({
        ...{ document, wire, stored, outbox, now: timers.now },
        next: () => [],
        schedule: () => () => undefined,
        onRefused: () => undefined,
      }),
    onDenied: () => undefined,
    onChanged: () => undefined,
    onMessage: () => undefined,
    timers,
  });
}

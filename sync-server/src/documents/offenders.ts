import type { Connection, beforeSyncPayload } from '@hocuspocus/server';
import type { Logger } from 'pino';
import type { Identity } from '../accounts/identity.ts';
import type { Clock } from '../platform/clock.ts';
import type { Offence, OffenceLog } from './auditStore.ts';
import type { HostileRule, Refused } from './gate/verdict.ts';
import { CLOSE_CODES, type SyncContext } from './syncSocket.ts';

/** Hostile updates on one socket that close it whole; each closes its document. */
const MAX_OFFENCES = 3;

interface Deps {
  offences: OffenceLog;
  clock: Clock;
  log: Logger;
}

/** A sync message and who sent it. */
export interface Sent extends beforeSyncPayload<SyncContext> {
  identity: Identity;
}

/** What happens to senders of what no honest client sends. */
export class Offenders {
  readonly #deps: Deps;
  /** Connections whose strange copy is written down: it comes back with every full sync. */
  readonly #noted = new WeakSet<Connection>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Closes the document, and the whole socket when that does not stop it. */
  async punish(sent: Sent, rule: HostileRule, refused?: Refused): Promise<void> {
    const { connection, context } = sent;
    const code = refused?.code ?? 'hostile';
    const { client, key } = refused ?? {};
    connection.close({
      code: CLOSE_CODES.hostile,
      reason: JSON.stringify({
        code,
        rule,
        ...(key === undefined ? {} : { key }),
        ...(client === undefined ? {} : { client }),
      }),
    });
    if (++context.socket.offences >= MAX_OFFENCES) context.socket.close(CLOSE_CODES.hostile, code);
    await this.#record('sync.hostile', sent, rule);
  }

  /** A copy that must be fetched anew: of a restored backup, or an attack in a full sync. */
  async note(sent: Sent, rule: HostileRule): Promise<void> {
    if (this.#noted.has(sent.connection)) return;
    this.#noted.add(sent.connection);
    await this.#record('sync.rebuild', sent, rule);
  }

  async #record(action: Offence['action'], sent: Sent, rule: HostileRule): Promise<void> {
    const { offences, log, clock } = this.#deps;
    const { documentName, context, identity, payload } = sent;
    const { userId } = identity;
    const bytes = payload.length;
    log.warn({ document: documentName, userId, rule, bytes }, 'an update was not let in');
    const { address } = context.socket.facts;
    await offences.record({
      at: clock(),
      actorId: userId,
      action,
      documentName,
      rule,
      bytes,
      address,
    });
  }
}

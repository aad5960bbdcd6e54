import type { ClientId, UserId } from '@skerry/protocol/ids.ts';
import { RoomId } from '@skerry/protocol/ids.ts';
import { defineUser } from '@skerry/protocol/user/userDoc.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import { judgeUser } from '../src/documents/gate/userRules.ts';
import type { Frame, GateVerdict } from '../src/documents/gate/verdict.ts';
import { ANN, SERVER_CLIENT, write } from './gateRig.ts';

export const ROOM = RoomId.parse('01890000-0000-7000-8000-0000000000f1');

/** Ann's live user document and the gate before it, without a lane, a database or a socket. */
export class UserRig {
  readonly live = userDoc();
  readonly owners = new Map<ClientId, UserId | null>([[SERVER_CLIENT, null]]);

  constructor() {
    this.serve((doc) => {
      doc.getMap('rooms').set(ROOM, { kind: 'public', name: 'one', role: 'member', head: 0 });
    });
  }

  judge(update: Uint8Array, userId: UserId = ANN, frame: Frame = 'update'): GateVerdict {
    const { live: doc, owners } = this;
    const view = { doc, owners, serverClientId: SERVER_CLIENT, owner: ANN };
    return judgeUser(view, update, userId, frame);
  }

  /** Judges, and does what a lane does with an accepted update. */
  take(update: Uint8Array): GateVerdict {
    const verdict = this.judge(update);
    if (verdict.kind !== 'accept') return verdict;
    Y.applyUpdate(this.live, update);
    for (const client of verdict.clients.keys()) this.owners.set(client, ANN);
    return verdict;
  }

  /** What a device makes of the document as it is now, under `client`. */
  write(client: ClientId, change: (doc: Y.Doc) => unknown): Uint8Array {
    const fork = userDoc();
    Y.applyUpdate(fork, Y.encodeStateAsUpdate(this.live));
    fork.clientID = client;
    return write(fork, change);
  }

  set(client: ClientId, root: string, key: string, value: unknown): Uint8Array {
    return this.write(client, (doc) => doc.getMap(root).set(key, value));
  }

  /** Something only the server does. */
  serve(change: (doc: Y.Doc) => unknown): void {
    Y.applyUpdate(this.live, this.write(SERVER_CLIENT, change));
  }

  contents(): string {
    return JSON.stringify(
      ['rooms', 'reads', 'drafts', 'preferences'].map((root) => this.live.getMap(root).toJSON()),
    );
  }
}

export function newRoomId(): RoomId {
  return RoomId.parse(uuidv7());
}

function userDoc(): Y.Doc {
  const doc = new Y.Doc();
  defineUser(doc);
  return doc;
}

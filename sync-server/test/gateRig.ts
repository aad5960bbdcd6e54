import { MessageId, UserId, type ClientId } from '@skerry/protocol/ids.ts';
import { definePage } from '@skerry/protocol/page/pageDoc.ts';
import * as encoding from 'lib0/encoding';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import { judgePage } from '../src/documents/gate/pageRules.ts';
import type { Frame, GateVerdict, PageView } from '../src/documents/gate/verdict.ts';

export const ANN = UserId.parse('01890000-0000-7000-8000-00000000000a');
export const BO = UserId.parse('01890000-0000-7000-8000-00000000000b');
export const SERVER_CLIENT = 7_000;

export interface Written {
  by: UserId;
  at: number;
  text: string;
}

/** A live page and the gate before it, without a lane, a database or a socket. */
export class GateRig {
  readonly live = page();
  readonly owners = new Map<ClientId, UserId | null>([[SERVER_CLIENT, null]]);
  view: PageView;

  constructor() {
    this.view = {
      doc: this.live,
      owners: this.owners,
      serverClientId: SERVER_CLIENT,
      closed: false,
      isTooLarge: false,
      room: { locked: false, archived: false },
      standing: { role: 'member', name: 'Ann', avatar: '210' },
      elsewhere: new Map(),
      erased: new Set(),
    };
  }

  judge(update: Uint8Array, userId: UserId = ANN, frame: Frame = 'update'): GateVerdict {
    return judgePage(this.view, update, userId, frame);
  }

  /** Judges, and does what a lane does with an accepted update. */
  take(update: Uint8Array, userId: UserId = ANN): GateVerdict {
    const verdict = this.judge(update, userId);
    if (verdict.kind !== 'accept') return verdict;
    Y.applyUpdate(this.live, update);
    for (const client of verdict.clients.keys()) this.owners.set(client, userId);
    return verdict;
  }

  /** A device's copy, writing under `client`. */
  fork(client: ClientId): Y.Doc {
    const fork = page();
    Y.applyUpdate(fork, Y.encodeStateAsUpdate(this.live));
    fork.clientID = client;
    return fork;
  }

  /** A message that is stored. */
  seed(by: UserId, client: ClientId, text = 'seed'): MessageId {
    const id = newId();
    const verdict = this.take(
      write(this.fork(client), (doc) => set(doc, id, message(by, text))),
      by,
    );
    if (verdict.kind !== 'accept') throw new Error(`the seed was not accepted: ${verdict.kind}`);
    return id;
  }

  /** Something only the server does. */
  serve(change: (doc: Y.Doc) => unknown): void {
    Y.applyUpdate(this.live, write(this.fork(SERVER_CLIENT), change));
  }

  /** Everything the page says, for "nothing changed". */
  contents(): string {
    return JSON.stringify(
      ['messages', 'reactions', 'redactions', 'people'].map((root) =>
        Object.entries(this.live.getMap(root).toJSON()).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    );
  }
}

export function page(): Y.Doc {
  const doc = new Y.Doc();
  definePage(doc);
  return doc;
}

export function newId(): MessageId {
  return MessageId.parse(uuidv7());
}

export function message(by: UserId, text: string, at = 1_000): Written {
  return { by, at, text };
}

export function set(doc: Y.Doc, id: string, value: unknown): unknown {
  return doc.getMap('messages').set(id, value);
}

/** The update that a change to a document makes. */
export function write(doc: Y.Doc, change: (doc: Y.Doc) => unknown): Uint8Array {
  const made: Uint8Array[] = [];
  const note = (update: Uint8Array) => made.push(update);
  doc.on('update', note);
  doc.transact(() => {
    change(doc);
  });
  doc.off('update', note);
  return Y.mergeUpdates(made);
}

type RawContent =
  | Y.ContentAny
  | Y.ContentBinary
  | Y.ContentDeleted
  | Y.ContentDoc
  | Y.ContentEmbed
  | Y.ContentFormat
  | Y.ContentJSON
  | Y.ContentString
  | Y.ContentType;

export interface RawItem {
  root?: string;
  key?: string | null;
  origin?: Y.ID | null;
  rightOrigin?: Y.ID | null;
  /** Inside another struct instead of a root. */
  parent?: Y.ID;
  content: RawContent;
}

export interface RawUpdate {
  client: ClientId;
  clock?: number;
  items?: RawItem[];
  deletes?: [client: ClientId, clock: number, length: number][];
}

/** An update byte by byte, as no Yjs would make it. */
export function craft({ client, clock = 0, items = [], deletes = [] }: RawUpdate): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const scratch = new Y.Doc();
  encoding.writeVarUint(encoder.restEncoder, items.length > 0 ? 1 : 0);
  if (items.length > 0) {
    encoding.writeVarUint(encoder.restEncoder, items.length);
    encoder.writeClient(client);
    encoding.writeVarUint(encoder.restEncoder, clock);
    let at = clock;
    for (const { root = 'messages', key = null, origin, rightOrigin, parent, content } of items) {
      new Y.Item(
        Y.createID(client, at),
        null,
        origin ?? null,
        null,
        rightOrigin ?? null,
        parent ?? scratch.get(root),
        key,
        // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- yjs types its contents beside AbstractContent
        content,
      ).write(encoder, 0);
      at += content.getLength();
    }
  }
  encoding.writeVarUint(encoder.restEncoder, deletes.length);
  for (const [of, from, length] of deletes) {
    encoding.writeVarUint(encoder.restEncoder, of);
    encoding.writeVarUint(encoder.restEncoder, 1);
    encoding.writeVarUint(encoder.restEncoder, from);
    encoding.writeVarUint(encoder.restEncoder, length);
  }
  return encoder.toUint8Array();
}

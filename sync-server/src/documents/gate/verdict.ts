import type { ClientId, MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { MessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import type { ReadMark } from '@skerry/protocol/user/readMark.ts';
import type * as Y from 'yjs';

/**
 * How the bytes came: a `sync-step-2` is everything a device holds and may carry what others wrote; an
 * `update` is what its sender wrote just now.
 */
export type Frame = 'sync-step-2' | 'update';

/** The kind of attack, for the audit and the close reason; never shown to a person. */
export type HostileRule =
  | 'malformed'
  | 'too-many'
  | 'struct-length'
  | 'gc'
  | 'foreign-client'
  | 'nested'
  | 'position'
  | 'root'
  | 'content'
  | 'key'
  | 'author'
  | 'delete'
  | 'delete-ahead'
  | 'read-only'
  /** An own id of a copy from before the document was written anew; never an attack. */
  | 'retired-client';

/** A message value that an accepted update sets. */
export interface AcceptedMessage {
  id: MessageId;
  record: MessageRecord;
  client: ClientId;
  clock: number;
}

/** What an update of a user document says of its person's reading. */
export interface Reading {
  marks: { roomId: RoomId; mark: ReadMark }[];
  sharesReceipts?: boolean;
}

/** What an accepted update means beyond its document. */
export interface Effects {
  /** New messages that get an arrival number, in the order of writing. */
  posts: AcceptedMessage[];
  /** New values of messages that are numbered already. */
  edits: AcceptedMessage[];
  /** User documents only. */
  reading?: Reading;
}

export interface Acceptance extends Effects {
  kind: 'accept';
  /** Client id → the clock it has once the update is applied. */
  clients: Map<ClientId, number>;
  /** `<root>/<key>` of every key that is set. */
  keys: Set<string>;
}

export interface Refused {
  kind: 'refuse';
  code: RefusalCode;
  /** Set when no honest client could have sent it. */
  hostile?: HostileRule;
  /** `<root>/<key>`. */
  key?: string;
  /** The Yjs client id the update was made under. */
  client?: ClientId;
}

export type GateVerdict =
  /** Everything in it is known already: acknowledge. */
  | { kind: 'nothing' }
  | Acceptance
  /** Something before it is missing: no refusal, ask for a full sync. */
  | { kind: 'later' }
  /** The sender's copy holds what the server never stored: it must be fetched anew. */
  | { kind: 'rebuild'; rule: HostileRule }
  | Refused;

/** What one person may do in a room, as the database says. */
export interface Standing {
  role: 'owner' | 'moderator' | 'member' | 'guest';
  name: string;
  avatar: string;
}

/** What the gate may look at: the live document and what is known beside it, at one version. */
export interface View {
  doc: Y.Doc;
  /** Every client id ever bound to this document; null is the server. */
  owners: ReadonlyMap<ClientId, UserId | null>;
  serverClientId: ClientId;
}

export interface PageView extends View {
  /** Takes no new messages. */
  closed: boolean;
  /** With the update the page may have more bytes than any page may. */
  isTooLarge: boolean;
  room: { locked: boolean; archived: boolean };
  /** Undefined: not a member. */
  standing: Standing | undefined;
  /** Ids that are stored on another page of the room, with their author. */
  elsewhere: ReadonlyMap<MessageId, UserId>;
  /** Messages of any page of the room whose words were erased. */
  erased: ReadonlySet<MessageId>;
}

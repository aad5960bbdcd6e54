import type { ArrivalNumber, EpochMs, MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import type { ReadMark } from '@skerry/protocol/user/readMark.ts';
import type { RoomKind, RoomMember, RoomMeta, RoomRole } from '@skerry/protocol/room/roomDoc.ts';

/**
 * What the sync core shows to the screens. Everything here is read from this device: nothing waits for
 * the network.
 */

/** A value that changes. `get` returns the same identity until it has changed (useSyncExternalStore). */
export interface Readable<T> {
  get: () => T;
  /** Returns its undo. */
  subscribe: (listener: () => void) => () => void;
}

export type ConnectionState =
  | 'online'
  /** A socket is being opened, or answers are awaited. */
  | 'connecting'
  | 'offline'
  /** The session is over: everything stays readable, the outbox waits for the same person. */
  | 'signed-out'
  /** The server no longer serves this version: reload. */
  | 'client-too-old';

export interface Person {
  id: UserId;
  name: string;
  /** Hue in degrees, as a string. */
  avatar: string;
}

/** How far my own message got. */
export type Delivery =
  | { state: 'onDevice' }
  | { state: 'onServer' }
  /** Somebody read it. */
  | { state: 'read' }
  | { state: 'refused'; opId: string; code: RefusalCode; refusedAt: EpochMs };

export interface ListedMessage {
  id: MessageId;
  author: Person;
  mine: boolean;
  /** When it was written, by the writer's clock. */
  at: EpochMs;
  /** Undefined while it is only on this device. */
  arrivedAt: EpochMs | undefined;
  number: ArrivalNumber | undefined;
  content:
    | { kind: 'text'; text: string; edited: boolean }
    /** Its author deleted it. */
    | { kind: 'deleted' }
    /** A moderator removed it. */
    | { kind: 'redacted'; reason: string | undefined };
  /** Undefined for other people's messages. */
  delivery: Delivery | undefined;
}

export interface RoomListItem {
  id: RoomId;
  kind: RoomKind;
  name: string;
  role: RoomRole;
  /** Operations of mine that the server has not stored yet. */
  unsent: number;
  /** Operations of mine that the server refused. */
  refused: number;
  /** Those of the unsent that wait for my consent: the room became public since they were written. */
  asking: number;
  /** Messages of others that I have not read; MAX_COUNTED_UNREAD stands for that many or more. */
  unread: number;
  /** Those of them that mention me. */
  mentions: number;
  /** The newest message, where this device knows it. */
  newest: { by: UserId; name: string; text: string; at: EpochMs } | undefined;
}

/** One unsent or refused operation, for the outbox and tray screen. */
export interface OperationView {
  opId: string;
  kind: 'post' | 'edit' | 'delete';
  /** As it was when the words were written; `kind` may not be known. */
  room: { id: RoomId; kind: RoomKind | undefined; name: string };
  messageId: MessageId;
  /** The words it carries; empty for a delete. */
  text: string;
  writtenAt: EpochMs;
  /** It waits for my consent: the room became public since it was written. */
  asks: boolean;
  /** Set in the tray only. */
  refusal: { code: RefusalCode; at: EpochMs; left?: true | undefined } | undefined;
}

/** Of a backlog: what has gone, of all since nothing was waiting. */
export interface SendProgress {
  sent: number;
  total: number;
}

export type RoomStatus =
  /** Being read from this device. */
  | 'loading'
  | 'ready'
  /** Never received on this device, and there is no connection. */
  | 'not-on-device'
  /** Not a member, removed, or no such room. */
  | 'forbidden';

/** What is before the oldest message in the list. */
export type OlderMessages =
  /** Nothing: the list begins with the room. */
  | 'none'
  /** `loadOlder` brings it. */
  | 'more'
  | 'loading'
  /** There is more, which this device does not hold, and there is no connection. It comes with one. */
  | 'not-on-device';

/** Messages between what is read and the room's end that are not in the list; `loadNewer` brings them. */
export interface Hole {
  /** The number of the first message after it. */
  before: ArrivalNumber;
  state: 'more' | 'loading' | 'not-on-device';
}

/** One room that is open on screen. Close it when the screen goes. */
export interface OpenRoom {
  id: RoomId;
  status: Readable<RoomStatus>;
  meta: Readable<RoomMeta | undefined>;
  members: Readable<ReadonlyMap<UserId, RoomMember>>;
  /** In arrival order, then my own unnumbered ones in the order written. */
  messages: Readable<readonly ListedMessage[]>;
  older: Readable<OlderMessages>;
  /** Brings messages before the oldest in the list, if there are any to bring now. */
  loadOlder: () => void;
  hole: Readable<Hole | undefined>;
  loadNewer: () => void;
  /** Tells which messages are on screen, by arrival number: the first and the last. */
  show: (first: ArrivalNumber | undefined, last: ArrivalNumber | undefined) => void;
  /** Loads older messages until this one is in the list; returns its undo. */
  seek: (id: MessageId) => () => void;
  /** It was not on screen yet, and may still come. */
  seeking: Readable<boolean>;
  /** Who has the room open on screen now, without me; empty while offline: we do not know. */
  here: Readable<readonly Person[]>;
  typing: Readable<readonly Person[]>;
  setTyping: (typing: boolean) => void;
  /** Each resolves when the operation is on this device for good; rejects when it could not be kept. */
  post: (text: string) => Promise<MessageId>;
  /** Begins an edit; what it returns takes the new words, wherever the reader is by then. */
  edit: (id: MessageId) => (text: string) => Promise<void>;
  remove: (id: MessageId) => Promise<void>;
  /** How far I have read, on whatever device; undefined until it was read from this one. */
  mark: Readable<ReadMark | undefined>;
  /** All that the server had when the room was opened is here. */
  isCaughtUp: Readable<boolean>;
  /** I looked at all up to this number. `lookedFrom`: my mark when I began to look. */
  readUpTo: (number: ArrivalNumber, lookedFrom: ReadMark) => Promise<void>;
  /** This message and what others wrote after it count as unread again. */
  markUnread: (from: ArrivalNumber) => Promise<void>;
  loadDraft: () => Promise<string>;
  saveDraft: (text: string) => Promise<void>;
  close: () => void;
}

/** Everything one signed-in person has on this device. */
export interface Skerry {
  userId: UserId;
  /** `memory`: the browser's storage cannot be opened, nothing survives a reload. */
  storage: 'indexeddb' | 'memory';
  connection: Readable<ConnectionState>;
  rooms: Readable<readonly RoomListItem[] | undefined>;
  /** My unsent operations, oldest first. */
  outbox: Readable<readonly OperationView[]>;
  /** My refused operations, oldest first. */
  tray: Readable<readonly OperationView[]>;
  openRoom: (id: RoomId) => OpenRoom;
  /** Moves a refused operation back to the outbox. */
  retry: (opId: string) => Promise<void>;
  /** Forgets an unsent or refused operation; false when it may have left and therefore stays. */
  discard: (opId: string) => Promise<boolean>;
  /** What waits for my consent in a room that became public goes, or is forgotten. */
  sendAnyway: (roomId: RoomId) => Promise<void>;
  discardAsking: (roomId: RoomId) => Promise<void>;
  /** How a long backlog is going out; undefined while there is none. */
  progress: Readable<SendProgress | undefined>;
  /** Tries to connect and send now: after sign-in, on "send all now". */
  reconnect: () => void;
  close: () => Promise<void>;
}

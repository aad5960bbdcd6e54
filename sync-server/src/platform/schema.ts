import type { RoomId, UserId, MessageId } from '@skerry/protocol/ids.ts';
import type { RoomKind, RoomRole } from '@skerry/protocol/room/roomDoc.ts';
import type { ColumnType, Generated } from 'kysely';

/** The database as kysely sees it. Times are epoch milliseconds unless a column says otherwise. */
export interface Schema {
  users: UsersTable;
  credentials: CredentialsTable;
  sessions: SessionsTable;
  password_resets: PasswordResetsTable;
  sign_in_failures: SignInFailuresTable;
  idempotency_keys: IdempotencyKeysTable;
  settings: SettingsTable;
  rooms: RoomsTable;
  memberships: MembershipsTable;
  documents: DocumentsTable;
  updates: UpdatesTable;
  document_clients: DocumentClientsTable;
  messages: MessagesTable;
  push_queue: PushQueueTable;
  audit: AuditTable;
  sanctions: SanctionsTable;
  read_marks: ReadMarksTable;
  receipt_preferences: ReceiptPreferencesTable;
  mentions: MentionsTable;
  sync_tickets: SyncTicketsTable;
  node_messages: NodeMessagesTable;
  erasures: ErasuresTable;
}

/** A JSON column: read as a value, written as its text. */
type Json<T> = ColumnType<T, string, string>;

interface UsersTable {
  id: UserId;
  /** Lower case, unique. */
  handle: string;
  /** As given; unique in lower case. */
  email: string;
  email_verified_at: number | null;
  display_name: string;
  /** Hue in degrees, as a string. */
  avatar: string;
  about: Generated<string>;
  role: Generated<'member' | 'admin'>;
  suspended_at: number | null;
  created_at: number;
}
/** Apart from `users`, because the session adapter selects every column of that table. */
interface CredentialsTable {
  user_id: UserId;
  password_hash: string;
  changed_at: number;
}
interface SessionsTable {
  /** SHA-256 of the token that the client holds, in hex. */
  id: string;
  user_id: UserId;
  expires_at: Date;
  created_at: number;
  last_seen_at: number;
  remember: boolean;
  device_name: string;
  /** What the owner's session list names it by: the id itself opens the session. */
  public_id: string;
}
interface PasswordResetsTable {
  /** SHA-256 of the token in the link, in hex. */
  token_hash: string;
  user_id: UserId;
  expires_at: number;
  used_at: number | null;
}
interface SignInFailuresTable {
  id: Generated<number>;
  login: string;
  address: string;
  at: number;
}
interface IdempotencyKeysTable {
  /** User id, or `address:<ip>` for a request without a session. */
  owner: string;
  key: string;
  route: string;
  /** SHA-256 of the request body, in hex. */
  body_hash: string;
  /** What the request creates gets this id: done again after a crash, it is the same thing. */
  operation_id: string;
  /** Null while the first request with this key is under way. */
  status: number | null;
  answer: string | null;
  created_at: number;
}
/** Server-wide values: `epoch` (random, new at each restore), `vapid` … */
interface SettingsTable {
  name: string;
  value: string;
}
interface RoomsTable {
  id: RoomId;
  kind: RoomKind;
  name: string;
  topic: Generated<string>;
  /** Number of the head page. */
  head: Generated<number>;
  locked: Generated<boolean>;
  archived_at: number | null;
  settings: Json<Record<string, unknown>>;
  created_by: UserId | null;
  created_at: number;
}
interface MembershipsTable {
  room_id: RoomId;
  user_id: UserId;
  role: RoomRole;
  joined_at: number;
  /** The room's last arrival number then: what came before counts as read. */
  since: Generated<number>;
}
interface DocumentsTable {
  name: string;
  room_id: RoomId | null;
  page: number | null;
  /** Counts the rows ever logged; a commit compares and sets it. */
  version: Generated<number>;
  /** Counts the access changes; a commit compares it too. */
  rules: Generated<number>;
  snapshot: Uint8Array | null;
  snapshot_version: Generated<number>;
  /** Arrival number of the page's first message. */
  first_number: Generated<number>;
  closed: Generated<boolean>;
}
interface UpdatesTable {
  name: string;
  version: number;
  data: Uint8Array;
}
interface DocumentClientsTable {
  document: string;
  client_id: number;
  /** Null: the server's own. */
  user_id: UserId | null;
}
interface MessagesTable {
  room_id: RoomId;
  id: MessageId;
  page: number;
  author: UserId;
  number: number;
  written: number;
  arrived: number;
  /** Null once deleted or redacted. */
  text: string | null;
  deleted: Generated<boolean>;
  edited_at: number | null;
  thread: MessageId | null;
  /** Shown in its thread alone, and not counted as unread in the room. */
  in_thread_only: Generated<boolean>;
}
interface PushQueueTable {
  id: Generated<number>;
  room_id: RoomId;
  message_id: MessageId;
  number: number;
  author: UserId;
  due_at: number;
}
interface AuditTable {
  id: Generated<number>;
  at: number;
  actor_id: UserId | null;
  action: string;
  target: string | null;
  reason: string | null;
  details: Json<Record<string, unknown>>;
  address: string | null;
}
interface SanctionsTable {
  id: string;
  user_id: UserId;
  /** Null: everywhere. */
  room_id: RoomId | null;
  kind: 'ban' | 'mute';
  reason: string;
  by_id: UserId | null;
  created_at: number;
  ends_at: number | null;
}
/** What `reads` of a person's user document says of one room. */
interface ReadMarksTable {
  user_id: UserId;
  room_id: RoomId;
  /** Read up to here … */
  number: number;
  /** … but for these. */
  except_numbers: Generated<number[]>;
}
/** Whether others may see how far a person has read; no row: they may. */
interface ReceiptPreferencesTable {
  user_id: UserId;
  shares: boolean;
}
/** Who was mentioned by which message. */
interface MentionsTable {
  user_id: UserId;
  room_id: RoomId;
  number: number;
}
/** What lets a plain Yjs client open documents, once. */
interface SyncTicketsTable {
  /** SHA-256 of the ticket, in hex. */
  hash: string;
  session_id: string;
  expires_at: number;
}
/** News from one process to the others, where there is no Redis. */
interface NodeMessagesTable {
  id: Generated<number>;
  /** The process that says it. */
  node: string;
  body: string;
  at: number;
}
/** An erasure and its steps; null: not done yet. */
interface ErasuresTable {
  id: string;
  at: number;
  room_id: RoomId | null;
  message_id: MessageId | null;
  /** No row of ours holds it any more. */
  rows_at: number | null;
  /** No table file of the database holds it any more. */
  files_at: number | null;
}

import type {
  ArrivalNumber,
  ClientId,
  EpochMs,
  MessageId,
  RoomId,
  UserId,
} from '@skerry/protocol/ids.ts';
import type { ReadMark } from '@skerry/protocol/user/readMark.ts';

/** What one document's batch writes, all or nothing. */
export interface LogEntry {
  name: string;
  /** The version and the rules that the verdicts were reached at. */
  version: number;
  rules: number;
  /** All of the batch, logged under version + 1. */
  update: Uint8Array;
  /** Ids that the document has not seen before. */
  clients?: readonly ClientRow[];
  posts?: readonly PostRow[];
  edits?: readonly EditRow[];
  redactions?: readonly RedactionRow[];
  /** User documents only. */
  reading?: ReadingRows;
  /** Whom new messages and edits mention; who is no member is left out by the statement. */
  mentions?: readonly MentionRow[];
  /** Whom edits and deletes mention no longer. */
  unmentions?: readonly MentionRow[];
}

export interface ClientRow {
  id: ClientId;
  /** Null is the server. */
  owner: UserId | null;
}

export interface PostRow {
  roomId: RoomId;
  page: number;
  id: MessageId;
  author: UserId;
  number: ArrivalNumber;
  written: EpochMs;
  arrived: EpochMs;
  text: string;
  thread: MessageId | null;
  /** Shown in its thread alone. */
  inThreadOnly: boolean;
  /** The message whose words it repeats. */
  quoted: MessageId | null;
}

export interface EditRow {
  roomId: RoomId;
  id: MessageId;
  /** Null: deleted. */
  text: string | null;
  editedAt: EpochMs | null;
}

/** A message that somebody took away. */
export interface RedactionRow {
  roomId: RoomId;
  id: MessageId;
  by: UserId;
  at: EpochMs;
  reason: string | null;
  /** The id under which its erasure is followed. */
  erasureId: string;
}

/** How far a person has read, for unread counts and receipts. */
export interface ReadingRows {
  userId: UserId;
  marks: { roomId: RoomId; mark: ReadMark }[];
  sharesReceipts?: boolean;
}

export interface MentionRow {
  roomId: RoomId;
  number: ArrivalNumber;
  userId: UserId;
}

/** What an entry may write beside its update. */
interface Part {
  rowsOf: (entry: LogEntry) => readonly object[] | undefined;
  /** The name of its rows in the statement, and their columns: the properties of a row. */
  rows: string;
  columns: string;
  /** What it writes; `from` yields the rows of the documents that are written. */
  writes: (from: string) => string;
}

const PARTS: readonly Part[] = [
  {
    rowsOf: ({ posts }) => posts,
    rows: 'post',
    columns: `"roomId" uuid, page int, id uuid, author uuid, number bigint, written bigint,
      arrived bigint, text text, thread uuid, "inThreadOnly" boolean`,
    writes: (from) => `posted as (
  insert into messages (room_id, id, page, author, number, written, arrived, text, thread,
    in_thread_only)
  select post."roomId", post.id, post.page, post.author, post.number, post.written, post.arrived,
    post.text, post.thread, post."inThreadOnly"
  from ${from}
)`,
  },
  {
    rowsOf: ({ clients }) => clients,
    rows: 'client',
    columns: 'id bigint, owner uuid',
    writes: (from) => `bound as (
  insert into document_clients (document, client_id, user_id)
  select bumped.name, client.id, client.owner from ${from}
  on conflict do nothing
)`,
  },
  {
    rowsOf: ({ edits }) => edits,
    rows: 'edit',
    columns: '"roomId" uuid, id uuid, text text, "editedAt" bigint',
    writes: (from) => `edited as (
  update messages m set text = edit.text, deleted = edit.text is null, edited_at = edit."editedAt"
  from ${from} where m.room_id = edit."roomId" and m.id = edit.id
)`,
  },
  {
    rowsOf: ({ mentions }) => mentions,
    rows: 'mention',
    columns: '"roomId" uuid, number bigint, "userId" uuid',
    writes: (from) => `mentioned as (
  insert into mentions (user_id, room_id, number)
  select s.user_id, s.room_id, mention.number from ${from}
    join memberships s on s.room_id = mention."roomId" and s.user_id = mention."userId"
  on conflict do nothing
)`,
  },
  {
    rowsOf: ({ unmentions }) => unmentions,
    rows: 'unmention',
    columns: '"roomId" uuid, number bigint, "userId" uuid',
    writes: (from) => `unmentioned as (
  delete from mentions m using ${from} where m.user_id = unmention."userId"
    and m.room_id = unmention."roomId" and m.number = unmention.number
)`,
  },
  {
    rowsOf: ({ reading }) =>
      reading?.marks.map(({ roomId, mark }) => ({ ...mark, roomId, userId: reading.userId })),
    rows: 'mark',
    columns: '"userId" uuid, "roomId" uuid, number bigint, "except" bigint[]',
    writes: (from) => `marked as (
  insert into read_marks (user_id, room_id, number, except_numbers)
  select mark."userId", mark."roomId", mark.number, coalesce(mark."except", '{}')
  from ${from} join rooms r on r.id = mark."roomId"
  on conflict (user_id, room_id)
    do update set number = excluded.number, except_numbers = excluded.except_numbers
)`,
  },
  {
    rowsOf: ({ reading }) => (reading?.sharesReceipts === undefined ? [] : [reading]),
    rows: 'sharing',
    columns: '"userId" uuid, "sharesReceipts" boolean',
    writes: (from) => `shared as (
  insert into receipt_preferences (user_id, shares)
  select sharing."userId", sharing."sharesReceipts"
  from ${from} join users u on u.id = sharing."userId"
  on conflict (user_id) do update set shares = excluded.shares
)`,
  },
  {
    rowsOf: ({ redactions }) => redactions,
    rows: 'redaction',
    columns: '"roomId" uuid, id uuid, by uuid, at bigint, reason text, "erasureId" uuid',
    // No row that says it stays.
    writes: (from) => `redacted as (
  select redaction.* from ${from}
), blanked as (
  update messages m set text = null, deleted = true, edited_at = null
  from redacted r where m.room_id = r."roomId" and m.id = r.id
  returning m.room_id, m.number
), unqueued as (
  delete from push_queue q using redacted r where q.room_id = r."roomId" and q.message_id = r.id
), forgotten as (
  delete from mentions n using blanked b where n.room_id = b.room_id and n.number = b.number
), audited as (
  insert into audit (at, actor_id, action, target, reason, details)
  select r.at, r.by, 'message.redacted', r.id::text, r.reason,
    jsonb_build_object('room', r."roomId")
  from redacted r
), erasing as (
  insert into erasures (id, at, room_id, message_id)
  select r."erasureId", r.at, r."roomId", r.id from redacted r
)`,
  },
];

export interface CommitStatement {
  /** The same for the same text. */
  name: string;
  text: string;
  values: string[];
}

/**
 * One statement for a whole group: one round trip, one fsync. A document whose version or rules moved, or
 * that posts an id which the room has stored, is left out of every part; the names that made it come back.
 * Rows are locked in name order, so that two nodes never wait for each other. It holds only the parts that
 * the group has rows for: most groups hold posts alone, and each part costs time although it finds nothing.
 * An entry carries its rows: to join rows and entries would compare each with each.
 */
export function commitStatement(entries: readonly LogEntry[]): CommitStatement {
  const documents: Record<string, unknown>[] = entries.map(({ name, version, rules, update }) => {
    const data = Buffer.from(update.buffer, update.byteOffset, update.length).toString('base64');
    return { name, version, rules, data };
  });
  const parts = PARTS.filter(({ rows, rowsOf }) => {
    let isUsed = false;
    for (const [index, entry] of entries.entries()) {
      const found = rowsOf(entry) ?? [];
      if (found.length === 0) continue;
      isUsed = true;
      Object.assign(documents[index] ?? {}, { [rows]: found });
    }
    return isUsed;
  });
  const name = ['commit', ...parts.map((part) => PARTS.indexOf(part))].join(' ');
  const text = texts.get(name) ?? textOf(parts);
  texts.set(name, text);
  return { name, text, values: [JSON.stringify(documents)] };
}

const texts = new Map<string, string>();

function textOf(parts: readonly Part[]): string {
  const names = parts.map(({ rows }) => `, ${rows}`).join('');
  const heldNames = parts.map(({ rows }) => `, held.${rows}`).join('');
  const post = parts.find(({ rows }) => rows === 'post');
  const isNew =
    post === undefined
      ? ''
      : `and not exists (
    select 1 from ${rowsIn('entry', post)} join messages m on m.room_id = post."roomId" and m.id = post.id)`;
  return `
with entry as (
  select * from json_to_recordset($1::json)
    as t(name text, version bigint, rules bigint, data text${parts.map(({ rows }) => `, ${rows} json`).join('')})
), held as (
  select d.name, entry.data${names} from documents d join entry on entry.name = d.name
  where d.version = entry.version and d.rules = entry.rules ${isNew}
  order by d.name for update of d
), bumped as (
  update documents d set version = d.version + 1 from held where d.name = held.name
  returning d.name, d.version, held.data${heldNames}
), logged as (
  insert into updates (name, version, data)
  select name, version, decode(data, 'base64') from bumped
)${parts.map((part) => `, ${part.writes(`bumped, ${rowsIn('bumped', part)}`)}`).join('')}
select name from bumped`;
}

function rowsIn(from: string, { rows, columns }: Part): string {
  return `json_to_recordset(${from}.${rows}) as ${rows}(${columns})`;
}

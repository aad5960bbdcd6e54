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
  /** Logged under version + 1, version + 2 … */
  updates: Uint8Array[];
  clients: { id: ClientId; owner: UserId | null }[];
  posts: PostRow[];
  edits: EditRow[];
  redactions?: readonly RedactionRow[];
  /** User documents only. */
  reading?: ReadingRows;
  /** Whom new messages and edits mention; who is no member is left out by the statement. */
  mentions: MentionRow[];
  /** Whom edits and deletes mention no longer. */
  unmentions: MentionRow[];
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

/**
 * One statement for a whole group: one round trip, one fsync. A document whose version or rules moved, or
 * that posts an id which the room has stored, is left out of every part; the names that made it come back.
 * Rows are locked in name order, so that two nodes never wait for each other.
 */
const WRITES = `
with entry as (
  select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::int[]) as t(name, version, rules, n)
), post as (
  select * from unnest($5::text[], $6::uuid[], $7::int[], $8::uuid[], $9::uuid[], $10::bigint[],
    $11::bigint[], $12::bigint[], $13::text[], $14::uuid[], $26::boolean[])
    as t(name, room_id, page, id, author, number, written, arrived, text, thread, in_thread_only)
), held as (
  select d.name, entry.n from documents d join entry on entry.name = d.name
  where d.version = entry.version and d.rules = entry.rules and not exists (
    select 1 from post join messages m on m.room_id = post.room_id and m.id = post.id
    where post.name = entry.name)
  order by d.name for update of d
), bumped as (
  update documents d set version = d.version + held.n from held where d.name = held.name
  returning d.name
), logged as (
  insert into updates (name, version, data)
  select u.name, u.version, u.data
  from unnest($15::text[], $16::bigint[], $17::bytea[]) as u(name, version, data)
  join bumped using (name)
), bound as (
  insert into document_clients (document, client_id, user_id)
  select c.name, c.id, c.owner
  from unnest($18::text[], $19::bigint[], $20::uuid[]) as c(name, id, owner)
  join bumped using (name)
  on conflict do nothing
), posted as (
  insert into messages (room_id, id, page, author, number, written, arrived, text, thread,
    in_thread_only)
  select post.room_id, post.id, post.page, post.author, post.number, post.written, post.arrived,
    post.text, post.thread, post.in_thread_only
  from post join bumped using (name)
), edited as (
  update messages m set text = e.text, deleted = e.text is null, edited_at = e.edited_at
  from unnest($21::text[], $22::uuid[], $23::uuid[], $24::text[], $25::bigint[])
    as e(name, room_id, id, text, edited_at)
  join bumped using (name) where m.room_id = e.room_id and m.id = e.id
), mentioned as (
  insert into mentions (user_id, room_id, number)
  select user_id, room_id, m.number
  from unnest($27::text[], $28::uuid[], $29::bigint[], $30::uuid[]) as m(name, room_id, number, user_id)
  join bumped using (name) join memberships using (room_id, user_id)
  on conflict do nothing
), unmentioned as (
  delete from mentions
  using unnest($31::text[], $32::uuid[], $33::bigint[], $34::uuid[])
    as m(name, room_id, number, user_id) join bumped using (name)
  where mentions.user_id = m.user_id and mentions.room_id = m.room_id and mentions.number = m.number
), marked as (
  insert into read_marks (user_id, room_id, number, except_numbers)
  select k.user_id, k.room_id, k.number, k.except_numbers::bigint[]
  from unnest($35::text[], $36::uuid[], $37::uuid[], $38::bigint[], $39::text[])
    as k(name, user_id, room_id, number, except_numbers)
  join bumped using (name) join rooms r on r.id = k.room_id
  on conflict (user_id, room_id)
    do update set number = excluded.number, except_numbers = excluded.except_numbers
), shared as (
  update users u set shares_receipts = s.shares
  from unnest($40::text[], $41::uuid[], $42::boolean[]) as s(name, user_id, shares)
  join bumped using (name) where u.id = s.user_id
)`;
export const COMMIT_STATEMENT = `${WRITES}
select name from bumped`;

/** The parameters of COMMIT_STATEMENT: one array per column. */
export function commitParameters(entries: readonly LogEntry[]): unknown[] {
  const posts = entries.flatMap(({ name, posts }) => posts.map((post) => ({ name, ...post })));
  const edits = entries.flatMap(({ name, edits }) => edits.map((edit) => ({ name, ...edit })));
  const clients = entries.flatMap(({ name, clients }) =>
    clients.map((each) => ({ name, ...each })),
  );
  const mentions = entries.flatMap(({ name, mentions }) =>
    mentions.map((each) => ({ name, ...each })),
  );
  const unmentions = entries.flatMap(({ name, unmentions }) =>
    unmentions.map((each) => ({ name, ...each })),
  );
  const updates = entries.flatMap(({ name, version, updates }) =>
    updates.map((data, index) => ({ name, version: version + 1 + index, data })),
  );
  const marks = entries.flatMap(({ name, reading }) =>
    (reading?.marks ?? []).map(({ roomId, mark }) => ({
      ...{ name, roomId, userId: reading?.userId, number: mark.number },
      // An array of arrays would be unnested to the bottom.
      except: `{${(mark.except ?? []).join()}}`,
    })),
  );
  const sharing = entries.flatMap(({ name, reading }) =>
    reading?.sharesReceipts === undefined ? [] : [{ name, ...reading }],
  );
  return [
    entries.map((entry) => entry.name),
    entries.map((entry) => entry.version),
    entries.map((entry) => entry.rules),
    entries.map((entry) => entry.updates.length),
    posts.map((post) => post.name),
    posts.map((post) => post.roomId),
    posts.map((post) => post.page),
    posts.map((post) => post.id),
    posts.map((post) => post.author),
    posts.map((post) => post.number),
    posts.map((post) => post.written),
    posts.map((post) => post.arrived),
    posts.map((post) => post.text),
    posts.map((post) => post.thread),
    updates.map((update) => update.name),
    updates.map((update) => update.version),
    updates.map((update) => Buffer.from(update.data)),
    clients.map((client) => client.name),
    clients.map((client) => client.id),
    clients.map((client) => client.owner),
    edits.map((edit) => edit.name),
    edits.map((edit) => edit.roomId),
    edits.map((edit) => edit.id),
    edits.map((edit) => edit.text),
    edits.map((edit) => edit.editedAt),
    posts.map((post) => post.inThreadOnly),
    mentions.map((mention) => mention.name),
    mentions.map((mention) => mention.roomId),
    mentions.map((mention) => mention.number),
    mentions.map((mention) => mention.userId),
    unmentions.map((mention) => mention.name),
    unmentions.map((mention) => mention.roomId),
    unmentions.map((mention) => mention.number),
    unmentions.map((mention) => mention.userId),
    marks.map((mark) => mark.name),
    marks.map((mark) => mark.userId),
    marks.map((mark) => mark.roomId),
    marks.map((mark) => mark.number),
    marks.map((mark) => mark.except),
    sharing.map((each) => each.name),
    sharing.map((each) => each.userId),
    sharing.map((each) => each.sharesReceipts),
  ];
}

// Behind all parameters of COMMIT_STATEMENT.
const [NAME, ROOM, ID, BY, AT, REASON, ERASURE] = redactionParameters([]).map(
  (_, index) => `$${String(commitParameters([]).length + 1 + index)}`,
);
/**
 * The same for a group in which something is redacted: no row that says it stays. A statement of its own,
 * because it looks through `push_queue` and `mentions`.
 */
export const REDACT_STATEMENT = `${WRITES}, redaction as (
  select r.* from unnest(${NAME}::text[], ${ROOM}::uuid[], ${ID}::uuid[], ${BY}::uuid[], ${AT}::bigint[],
    ${REASON}::text[], ${ERASURE}::uuid[]) as r(name, room_id, id, by_id, at, reason, erasure)
  join bumped using (name)
), blanked as (
  update messages m set text = null, deleted = true, edited_at = null
  from redaction r where m.room_id = r.room_id and m.id = r.id
  returning m.room_id, m.number
), unqueued as (
  delete from push_queue q using redaction r where q.room_id = r.room_id and q.message_id = r.id
), forgotten as (
  delete from mentions n using blanked b where n.room_id = b.room_id and n.number = b.number
), audited as (
  insert into audit (at, actor_id, action, target, reason, details)
  select r.at, r.by_id, 'message.redacted', r.id::text, r.reason,
    jsonb_build_object('room', r.room_id)
  from redaction r
), erasing as (
  insert into erasures (id, at, room_id, message_id)
  select r.erasure, r.at, r.room_id, r.id from redaction r
)
select name from bumped`;

/** What REDACT_STATEMENT takes beyond the parameters of COMMIT_STATEMENT. */
export function redactionParameters(entries: readonly LogEntry[]): unknown[] {
  const rows = entries.flatMap(({ name, redactions = [] }) =>
    redactions.map((redaction) => ({ name, ...redaction })),
  );
  return [
    rows.map((row) => row.name),
    rows.map((row) => row.roomId),
    rows.map((row) => row.id),
    rows.map((row) => row.by),
    rows.map((row) => row.at),
    rows.map((row) => row.reason),
    rows.map((row) => row.erasureId),
  ];
}

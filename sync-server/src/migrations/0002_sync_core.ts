import { sql, type Kysely } from 'kysely';

/** Read marks and mentions for unread counts, tickets for plain Yjs clients, news between processes, erasures. */
export async function addSyncCore(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // What `reads` of the user documents says, so that unread messages can be counted.
  `create table read_marks (
    user_id uuid not null references users on delete cascade,
    room_id uuid not null references rooms on delete cascade,
    number bigint not null,
    except_numbers bigint[] not null default '{}',
    primary key (user_id, room_id)
  )`,
  `create index read_marks_room on read_marks (room_id)`,
  `alter table users add column shares_receipts boolean not null default true`,
  `create table mentions (
    user_id uuid not null,
    room_id uuid not null,
    number bigint not null,
    primary key (user_id, room_id, number)
  )`,
  `alter table messages add column in_thread_only boolean not null default false`,

  `create table sync_tickets (
    hash text primary key,
    session_id text not null references sessions on delete cascade,
    expires_at bigint not null
  )`,

  // Between processes without Redis. Losing them in a crash loses nothing: a process that starts reads the tables.
  `create unlogged table node_messages (
    id bigint generated always as identity primary key,
    node text not null,
    body text not null,
    at bigint not null
  )`,
  `create index node_messages_at on node_messages (at)`,

  // What was to be erased, and how far that has come.
  `create table erasures (
    id uuid primary key,
    at bigint not null,
    room_id uuid,
    message_id uuid,
    rows_at bigint,
    files_at bigint
  )`,
];

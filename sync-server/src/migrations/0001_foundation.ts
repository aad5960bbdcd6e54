import { sql, type Kysely } from 'kysely';

/** Accounts, rooms, the update log and its projection. Forward only. */
export async function createFoundation(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table settings (name text primary key, value text not null)`,
  `insert into settings (name, value) values ('epoch', gen_random_uuid()::text)`,

  `create table users (
    id uuid primary key,
    handle text not null unique check (handle ~ '^[a-z0-9_]{2,32}$'),
    email text not null,
    email_verified_at bigint,
    display_name text not null,
    avatar text not null,
    about text not null default '',
    role text not null default 'member' check (role in ('member', 'admin')),
    suspended_at bigint,
    created_at bigint not null
  )`,
  `create unique index users_email on users (lower(email))`,
  `create table credentials (
    user_id uuid primary key references users on delete cascade,
    password_hash text not null,
    changed_at bigint not null
  )`,
  `create table sessions (
    id text primary key,
    user_id uuid not null references users on delete cascade,
    expires_at timestamptz not null,
    created_at bigint not null,
    last_seen_at bigint not null,
    remember boolean not null,
    device_name text not null,
    public_id text not null unique
  )`,
  `create index sessions_user on sessions (user_id)`,
  `create index sessions_expires on sessions (expires_at)`,
  `create table password_resets (
    token_hash text primary key,
    user_id uuid not null references users on delete cascade,
    expires_at bigint not null,
    used_at bigint
  )`,
  `create table sign_in_failures (
    id bigint generated always as identity primary key,
    login text not null,
    address text not null,
    at bigint not null
  )`,
  `create index sign_in_failures_login on sign_in_failures (login, address, at)`,
  `create table idempotency_keys (
    owner text not null,
    key text not null,
    route text not null,
    body_hash text not null,
    operation_id uuid not null,
    status int,
    answer text,
    created_at bigint not null,
    primary key (owner, key)
  )`,

  `create table rooms (
    id uuid primary key,
    kind text not null check (kind in ('public', 'private', 'direct', 'group')),
    name text not null,
    topic text not null default '',
    head int not null default 0,
    locked boolean not null default false,
    archived_at bigint,
    settings jsonb not null default '{}',
    created_by uuid references users on delete set null,
    created_at bigint not null
  )`,
  `create unique index rooms_public_name on rooms (lower(name)) where kind = 'public'`,
  `create table memberships (
    room_id uuid not null references rooms on delete cascade,
    user_id uuid not null references users on delete cascade,
    role text not null check (role in ('owner', 'moderator', 'member', 'guest')),
    joined_at bigint not null,
    primary key (room_id, user_id)
  )`,
  `create index memberships_user on memberships (user_id)`,

  `create table documents (
    name text primary key,
    room_id uuid references rooms on delete cascade,
    page int,
    version bigint not null default 0,
    rules bigint not null default 0,
    snapshot bytea,
    snapshot_version bigint not null default 0,
    first_number bigint not null default 1,
    closed boolean not null default false
  )`,
  `create index documents_room on documents (room_id, page)`,
  // Uncompressed, so that a search for erased bytes in the table files means something.
  `alter table documents alter column snapshot set storage external`,
  `create table updates (
    name text not null,
    version bigint not null,
    data bytea not null,
    primary key (name, version)
  )`,
  `alter table updates alter column data set storage external`,
  `create table document_clients (
    document text not null,
    client_id bigint not null,
    user_id uuid,
    next_clock bigint not null,
    primary key (document, client_id)
  )`,
  `create table messages (
    room_id uuid not null,
    id uuid not null,
    page int not null,
    author uuid not null,
    number bigint not null,
    written bigint not null,
    arrived bigint not null,
    text text,
    deleted boolean not null default false,
    edited_at bigint,
    thread uuid,
    primary key (room_id, id)
  )`,
  `create unique index messages_number on messages (room_id, number)`,
  `create table push_queue (
    id bigint generated always as identity primary key,
    room_id uuid not null,
    message_id uuid not null,
    number bigint not null,
    author uuid not null,
    due_at bigint not null
  )`,
  `create index push_queue_due on push_queue (due_at)`,

  `create table audit (
    id bigint generated always as identity primary key,
    at bigint not null,
    actor_id uuid,
    action text not null,
    target text,
    reason text,
    details jsonb not null default '{}',
    address text
  )`,
  `create table sanctions (
    id uuid primary key,
    user_id uuid not null references users on delete cascade,
    room_id uuid references rooms on delete cascade,
    kind text not null check (kind in ('ban', 'mute')),
    reason text not null,
    by_id uuid,
    created_at bigint not null,
    ends_at bigint
  )`,
  `create index sanctions_user on sanctions (user_id)`,
];

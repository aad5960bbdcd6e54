import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { ArrivalNumber, ClientId, MessageId, UserId } from '@skerry/protocol/ids.ts';
import { MAX_PAGE_MESSAGES } from '@skerry/protocol/limits.ts';
import { newMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { definePage, messagesOf, orderOf, peopleOf } from '@skerry/protocol/page/pageDoc.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import { randomClientId } from '../../src/documents/clientId.ts';
import type { Person, Room } from '../chatSystem.ts';
import { fillText, MESSAGES_PER_TURN } from '../fillText.ts';
import type { Sql } from './skerryRooms.ts';

/** Ten seconds between messages, the last one now. */
const INTERVAL_MS = 10_000;

interface StoredMessage {
  id: MessageId;
  author: Person;
  number: ArrivalNumber;
  at: number;
  text: string;
}

interface FilledPage {
  page: number;
  messages: StoredMessage[];
  snapshot: Uint8Array;
  clients: { id: ClientId; owner: UserId | null }[];
}

/** Stores pages, their projection and bindings in the shape that the server's rotation leaves. */
export async function fillSkerryRoom(db: Sql, room: Room, count: number): Promise<void> {
  const head = Math.max(0, Math.ceil(count / MAX_PAGE_MESSAGES) - 1);
  for (let page = 0; page <= head; page++) {
    const first = page * MAX_PAGE_MESSAGES + 1;
    const filled = fillPage(
      room,
      page,
      first,
      Math.min(MAX_PAGE_MESSAGES, count - first + 1),
      count,
    );
    await storePage(db, room, filled, page < head);
  }
  await db.query('update rooms set head = $2 where id = $1', [room.id, head]);
}

function fillPage(
  room: Room,
  page: number,
  first: ArrivalNumber,
  count: number,
  last: ArrivalNumber,
): FilledPage {
  const doc = new Y.Doc();
  definePage(doc);
  const server = randomClientId();
  const writers = room.members.map((person) => ({ person, client: randomClientId() }));
  const messages: StoredMessage[] = [];
  for (let i = 0; i < count; i++) {
    const number = first + i;
    const writer = writers[Math.floor(number / MESSAGES_PER_TURN) % writers.length];
    if (writer === undefined) throw new Error('a room without members');
    const at = Date.now() - (last - number) * INTERVAL_MS;
    const id = uuidv7({ msecs: at }) as MessageId;
    const message = { id, author: writer.person, number, at, text: fillText(number) };
    messages.push(message);
    doc.clientID = writer.client;
    messagesOf(doc).set(id, newMessageRecord(writer.person.id, at, message.text));
    doc.clientID = server;
    doc.transact(() => {
      orderOf(doc).push([[id, at, number]]);
      if (!peopleOf(doc).has(writer.person.id))
        peopleOf(doc).set(writer.person.id, [writer.person.name, '210']);
    });
  }
  const clients = [{ id: server, owner: null as UserId | null }].concat(
    writers.map(({ person, client }) => ({ id: client, owner: person.id })),
  );
  const snapshot = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return { page, messages, snapshot, clients };
}

async function storePage(
  db: Sql,
  room: Room,
  { page, messages, snapshot, clients }: FilledPage,
  closed: boolean,
): Promise<void> {
  const name = pageDocumentName(room.id, page);
  // As if every message had been logged with its entry of `order`, and the log compacted.
  const version = messages.length * 2;
  await db.query(
    `insert into documents
       (name, room_id, page, version, snapshot, snapshot_version, first_number, closed)
     values ($1, $2, $3, $4, $5, $4, $6, $7)
     on conflict (name) do update set version = excluded.version, snapshot = excluded.snapshot,
       snapshot_version = excluded.snapshot_version, first_number = excluded.first_number,
       closed = excluded.closed`,
    [name, room.id, page, version, Buffer.from(snapshot), messages[0]?.number ?? 1, closed],
  );
  await db.query(
    `insert into document_clients (document, client_id, user_id)
     select $1, * from unnest($2::bigint[], $3::uuid[])`,
    [name, clients.map(({ id }) => id), clients.map(({ owner }) => owner)],
  );
  await db.query(
    `insert into messages (room_id, page, id, author, number, written, arrived, text)
     select $1, $2, id, author, number, at, at, text
     from unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::text[])
       as t(id, author, number, at, text)`,
    [
      room.id,
      page,
      messages.map(({ id }) => id),
      messages.map(({ author }) => author.id),
      messages.map(({ number }) => number),
      messages.map(({ at }) => at),
      messages.map(({ text }) => text),
    ],
  );
}

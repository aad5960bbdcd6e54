import { randomBytes } from 'node:crypto';
import { pageDocumentName } from '@skerry/protocol/documentName.ts';
import type { EpochMs, MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { MAX_PAGE_MESSAGES } from '@skerry/protocol/limits.ts';
import { newMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import {
  definePage,
  messagesOf,
  orderOf,
  peopleOf,
  type OrderEntry,
} from '@skerry/protocol/page/pageDoc.ts';
import { v7 as uuidv7 } from 'uuid';
import * as Y from 'yjs';
import type { SqlAccess } from './sqlAccess.ts';

interface History {
  roomId: RoomId;
  authors: readonly { id: UserId; name: string; avatar: string }[];
  count: number;
  /** Absent: the words are `message <number>`. */
  textOf?: (number: number) => string;
  /** When the first one was written; each following one a minute later. Absent: so that the last is new. */
  from?: EpochMs;
  perPage?: number;
}

interface Message {
  room_id: RoomId;
  id: MessageId;
  page: number;
  author: UserId;
  number: number;
  written: EpochMs;
  arrived: EpochMs;
  text: string;
}

const MINUTE_MS = 60_000;

/**
 * Gives an empty room a long history at once, in the shape in which the server leaves it, directly in the
 * database. Nobody may have the room open yet: what is loaded does not hear of it. Returns the ids in order.
 */
export async function fillRoom(
  { sql }: Pick<SqlAccess, 'sql'>,
  history: History,
): Promise<MessageId[]> {
  const { perPage = MAX_PAGE_MESSAGES } = history;
  const messages = writeMessages(history, perPage);
  const head = messages.at(-1)?.page ?? 0;
  for (let page = 0; page <= head; page += 1) {
    const own = messages.filter((message) => message.page === page);
    await insertPage(sql, history, own, { page, isClosed: page < head });
  }
  await sql(
    `insert into messages (room_id, id, page, author, number, written, arrived, text)
     select room_id, id, page, author, number, written, arrived, text
     from jsonb_to_recordset($1::jsonb) as m (room_id uuid, id uuid, page int, author uuid,
       number bigint, written bigint, arrived bigint, text text)`,
    [JSON.stringify(messages)],
  );
  await sql(`update rooms set head = $1 where id = $2`, [head, history.roomId]);
  return messages.map(({ id }) => id);
}

function writeMessages(history: History, perPage: number): Message[] {
  const { roomId, authors, count, textOf = (number) => `message ${number}` } = history;
  const from = history.from ?? Date.now() - count * MINUTE_MS;
  return Array.from({ length: count }, (_, index) => {
    const author = authors[index % authors.length];
    if (author === undefined) throw new Error('a history needs authors');
    const at = from + index * MINUTE_MS;
    return {
      room_id: roomId,
      id: uuidv7({ msecs: at }) as MessageId,
      page: Math.floor(index / perPage),
      author: author.id,
      number: index + 1,
      written: at,
      arrived: at + 1,
      text: textOf(index + 1),
    };
  });
}

async function insertPage(
  sql: SqlAccess['sql'],
  { roomId, authors }: History,
  messages: readonly Message[],
  { page, isClosed }: { page: number; isClosed: boolean },
): Promise<void> {
  const doc = new Y.Doc();
  definePage(doc);
  const clients: { id: number; owner: UserId | null }[] = [];
  /** Changes the page under a client id of its own, as its owner's device or the server did. */
  const writeAs = (owner: UserId | null, change: () => void): void => {
    doc.clientID = randomBytes(6).readUIntBE(0, 6);
    clients.push({ id: doc.clientID, owner });
    doc.transact(change);
  };
  for (const { id } of authors) {
    writeAs(id, () => {
      for (const message of messages)
        if (message.author === id)
          messagesOf(doc).set(message.id, newMessageRecord(id, message.written, message.text));
    });
  }
  writeAs(null, () => {
    const entries = messages.map(({ id, arrived, number }): OrderEntry => [id, arrived, number]);
    orderOf(doc).push(entries);
    for (const { id, name, avatar } of authors) peopleOf(doc).set(id, [name, avatar]);
  });
  const name = pageDocumentName(roomId, page);
  await sql(
    `insert into documents
       (name, room_id, page, version, snapshot, snapshot_version, first_number, closed)
     values ($1, $2, $3, 1, $4, 1, $5, $6)
     on conflict (name) do update set version = 1, snapshot = excluded.snapshot, snapshot_version = 1,
       closed = excluded.closed`,
    [name, roomId, page, Y.encodeStateAsUpdate(doc), messages[0]?.number ?? 1, isClosed],
  );
  for (const { id, owner } of clients) {
    await sql(`insert into document_clients (document, client_id, user_id) values ($1, $2, $3)`, [
      name,
      id,
      owner,
    ]);
  }
}

import type { RoomId, UserId } from './ids.ts';

/** A Yjs document's name, taken apart. */
export type DocumentName =
  | { kind: 'room'; roomId: RoomId }
  | { kind: 'page'; roomId: RoomId; page: number }
  | { kind: 'user'; userId: UserId };

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
// One spelling for one document: `page:…:01` and a trailing `\0x` name nothing.
const NAME = new RegExp(`^(?:(room|user):(${UUID})|page:(${UUID}):(0|[1-9][0-9]{0,6}))$`);

/** Returns undefined for anything that is not exactly a document's name. */
export function parseDocumentName(name: string): DocumentName | undefined {
  const match = NAME.exec(name);
  // `$` also matches before a final newline, hence the comparison.
  if (match?.[0] !== name) return undefined;
  const [, kind, id, roomId, page] = match;
  if (kind === 'room') return { kind, roomId: id as RoomId };
  if (kind === 'user') return { kind, userId: id as UserId };
  return { kind: 'page', roomId: roomId as RoomId, page: Number(page) };
}

export function roomDocumentName(roomId: RoomId): string {
  return `room:${roomId}`;
}

export function pageDocumentName(roomId: RoomId, page: number): string {
  return `page:${roomId}:${String(page)}`;
}

export function userDocumentName(userId: UserId): string {
  return `user:${userId}`;
}

import type { EpochMs, UserId } from '@skerry/protocol/ids.ts';
import * as z from 'zod/mini';

/** `<joinedAt>.<userId>`: the member after whom a list goes on. */
export const MemberCursor = z
  .string()
  .check(
    z.regex(/^\d{1,15}\.[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  );

interface Position {
  joinedAt: EpochMs;
  id: UserId;
}

export function parseCursor(cursor: string): Position {
  const [joinedAt = '', id = ''] = cursor.split('.', 2);
  return { joinedAt: Number(joinedAt), id: id as UserId };
}

export function formatCursor({ joinedAt, id }: Position): string {
  return `${joinedAt}.${id}`;
}

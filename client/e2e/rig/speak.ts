import { expect } from '@playwright/test';
import { newMessageRecord } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import { v7 as uuidv7 } from 'uuid';
import type { SqlAccess } from '../../../sync-server/test/sqlAccess.ts';
import { joinRoom, openDevice, signUpStranger } from '../../../sync-server/test/stranger.ts';
import type { World } from './world.ts';

interface Speech {
  handle: string;
  room: string;
  texts: readonly string[];
  /** How long ago it was written. */
  lateMs?: number;
  /** Handle of somebody whom all of it mentions. */
  mentioning?: string;
  /** Absent: named by the handle. */
  looks?: { name: string; hue: string };
}

/** Somebody new, without a browser, joins a room and says all this. */
export async function speak(
  { server, sql }: World & SqlAccess,
  { handle, room, texts, lateMs = 0, mentioning, looks }: Speech,
): Promise<void> {
  const person = await signUpStranger(server.url, handle);
  if (looks !== undefined) {
    const { name, hue } = looks;
    const change = `update users set display_name = $1, avatar = $2 where id = $3`;
    await sql(change, [name, hue, person.id]);
  }
  const [row] = await sql(`select id from rooms where name = $1`, [room]);
  const roomId = RoomId.parse(row?.['id']);
  await joinRoom(server.url, person, roomId);
  const device = openDevice(server.url, person);
  const page = await device.openPage(roomId);
  const before = page.order().length;
  const mentioned = await sql(`select id from users where handle = $1`, [mentioning]);
  const mentions = mentioned.map(({ id }) => UserId.parse(id));
  for (const text of texts) {
    const record = newMessageRecord(person.id, Date.now() - lateMs, text);
    const value = mentions.length === 0 ? record : { ...record, mentions };
    messagesOf(page.doc).set(MessageId.parse(uuidv7()), value);
  }
  await expect.poll(() => page.order().length).toBe(before + texts.length);
  device.close();
}

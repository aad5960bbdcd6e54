import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import { readOrder } from '@skerry/protocol/page/pageDoc.ts';
import type { MessageId } from '@skerry/protocol/ids.ts';
import * as Y from 'yjs';
import { expect } from 'vitest';
import type { RoomDevice } from './roomDevice.ts';
import type { Scene, Story } from './roomScene.ts';

type Shown = ReturnType<typeof shown>[number];

/** Everything has come to rest: everybody has the same room, and in it what people did. */
export async function judge(scene: Scene): Promise<void> {
  const { devices, story, nodes } = scene;
  for (const one of devices) judgeOperations(one, story);
  const [first = [], ...others] = devices.map(shown);
  for (const other of others) expect(other).toEqual(first);
  const rows = await nodes.readProjection();
  expect(first.map(({ number }) => number)).toEqual(rows.map((_row, index) => index + 1));
  expect(
    rows.map(({ id, author, text, deleted, number }) => ({ id, author, text, deleted, number })),
  ).toEqual(
    first.map((message) => ({
      ...{ id: message.id, author: message.author, number: message.number },
      text: textOf(message) ?? null,
      deleted: message.content.kind === 'deleted',
    })),
  );
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  judgeWords(new Map(first.map((message) => [message.id, message])), story);
  await judgeDocuments(scene, rows.length);
  await judgeReading(scene);
}

/** Nothing waits, and only words for a message that was deleted meanwhile may have been refused. */
function judgeOperations({ disk }: RoomDevice, story: Story): void {
  const { outbox, tray } = disk.rows();
  expect(outbox).toEqual([]);
  for (const row of tray) {
    expect(row.kind).toBe('edit');
    expect(['deleted', 'no-message']).toContain(row.refusal.code);
    expect([...story.deleted.keys()]).toContain(row.messageId);
  }
}

function judgeWords(listed: ReadonlyMap<MessageId, Shown>, story: Story): void {
  const isRestored = story.backup === 'restored';
  for (const [id, words] of story.words) {
    const message = listed.get(id);
    const by = story.deleted.get(id);
    if (by !== undefined) {
      // One device deleted it, and another one that wrote it may send it again before it learns of that.
      const isByWriter = [...by].some((index) => story.written[index]?.includes(id));
      if (!isRestored || isByWriter)
        expect([undefined, 'deleted']).toContain(message?.content.kind);
      continue;
    }
    // What was set aside is said again later, and may be an older word than the last.
    const isAny = isRestored || story.refused.has(id);
    const said = [...words.values()].flatMap((all) => (isAny ? all : all.slice(-1)));
    expect(said).toContain(textOf(message));
  }
  // In the order of writing, but for what had to be said again.
  for (const written of story.written) {
    const kept = written.filter((id) => !story.refused.has(id) && !story.lost.has(id));
    const numbers = kept.flatMap((id) => listed.get(id)?.number ?? []);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
}

/** Both processes hold the same pages; each operation that left became one struct at most. */
async function judgeDocuments({ nodes, devices }: Scene, messages: number): Promise<void> {
  const [one] = devices;
  const states: Map<string, Uint8Array>[] = [];
  for (const node of nodes.nodes) {
    for (let page = 0; one !== undefined; page += 1) {
      const opened = await node.open(`page:${nodes.roomId}:${page}`, one.userId);
      if (typeof opened === 'string') break;
    }
    states.push(
      new Map(
        (await node.documents()).flatMap(([name, { doc }]) =>
          parseDocumentName(name)?.kind === 'page' ? [[name, Y.encodeStateVector(doc)]] : [],
        ),
      ),
    );
  }
  const [a, b] = states.map((pages) => [...pages].toSorted());
  expect(a?.map(([name]) => name)).toEqual(b?.map(([name]) => name));
  const pages = (await nodes.nodes[0].documents()).filter(
    ([name]) => parseDocumentName(name)?.kind === 'page',
  );
  expect(pages.flatMap(([, { doc }]) => readOrder(doc))).toHaveLength(messages);
  for (const { disk } of devices) {
    let structs = 0;
    for (const [, { doc }] of await nodes.nodes[0].documents())
      for (const client of disk.clients) structs += Y.getState(doc.store, client);
    expect(structs).toBeLessThanOrEqual(disk.left.size);
  }
}

/** All devices of a person agree with the server on what they have read, and on how much they have not. */
async function judgeReading({ nodes, devices, story }: Scene): Promise<void> {
  for (const one of devices) {
    const [counted] = await nodes.countUnread(one.userId);
    const listed = one
      .skerry()
      .rooms.get()
      ?.find(({ id }) => id === nodes.roomId);
    expect({ mark: one.room().mark.get(), unread: listed?.unread }).toEqual({
      mark: counted?.mark,
      unread: counted?.unread,
    });
    const did = story.reading.get(one.userId);
    // How far somebody read since the backup is lost with it.
    if (did === undefined || story.backup === 'restored') continue;
    expect(counted?.mark.number).toBe(did.upTo);
    expect(counted?.mark.except ?? []).toEqual(expect.arrayContaining([...did.unread]));
  }
}

function shown(device: RoomDevice) {
  return device
    .room()
    .messages.get()
    .map(({ id, author, number, at, content }) => ({ id, number, at, content, author: author.id }));
}

function textOf(message: Shown | undefined): string | undefined {
  return message?.content.kind === 'text' ? message.content.text : undefined;
}

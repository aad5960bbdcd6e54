import { pageDocumentName, userDocumentName } from '@skerry/protocol/documentName.ts';
import type { WrittenRecord } from '@skerry/protocol/page/messageRecord.ts';
import { messagesOf } from '@skerry/protocol/page/pageDoc.ts';
import { HocuspocusProvider } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ordered, post, startHarness, until, type Harness } from '../../test/harness.ts';

const LIMITS = { perAddress: 4, deadlineMs: 300 };

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ strangers: LIMITS });
});
afterAll(() => harness.stop());

interface Raw {
  socket: WebSocket;
  /** Close code; undefined while it is open. */
  closed: () => number | undefined;
  refused: () => boolean;
}

function openRaw(): Raw {
  let code: number | undefined;
  let isRefused = false;
  const socket = new WebSocket(`ws://127.0.0.1:${String(harness.port)}/sync`);
  socket.on('close', (given) => (code = given));
  socket.on('unexpected-response', (request) => {
    isRefused = true;
    request.destroy();
  });
  socket.on('error', () => undefined);
  return { socket, closed: () => code, refused: () => isRefused };
}

/** A frame of Hocuspocus' protocol: the document's name, then the rest. */
function frame(address: string, ...rest: number[]): Buffer {
  const name = Buffer.from(address);
  const length = name.length < 128 ? [name.length] : [(name.length & 127) | 128, name.length >> 7];
  return Buffer.concat([Buffer.from(length), name, Buffer.from(rest)]);
}

test('D12 sockets that open no document are few at an address, end soon, and make room again', async () => {
  const strangers = Array.from({ length: LIMITS.perAddress }, openRaw);
  await until('all of them', () =>
    strangers.every(({ socket }) => socket.readyState === WebSocket.OPEN),
  );
  const oneMore = openRaw();
  await until('a no', () => oneMore.refused());
  await until('their end', () => strangers.every(({ closed }) => closed() === 4408));
  const ann = await harness.person('Ann');
  const roomId = await harness.room([[ann, 'owner']]);
  const devices = Array.from({ length: LIMITS.perAddress + 2 }, () => harness.device(ann));
  const name = pageDocumentName(roomId, 0);
  // One after the other: somebody is no stranger from the first document on.
  const pages = [];
  for (const device of devices) pages.push(await device.attach(name));
  expect(pages.map(({ refused }) => refused)).toEqual(devices.map(() => undefined));
});

test('D12 T25 what names no document is told so when it asks to be opened, and else is not kept', async () => {
  const { socket, closed } = openRaw();
  const answers: Buffer[] = [];
  socket.on('message', (data: Buffer) => answers.push(data));
  await until('the socket', () => socket.readyState === WebSocket.OPEN);
  // Hocuspocus keeps what comes before its document is open, and gives up at 256 documents.
  for (let i = 0; i < 300; i++) socket.send(frame(`page:${String(i)}`, 0, 0, 1, 0));
  for (const name of ['__proto__', 'constructor']) socket.send(frame(name, 0, 0, 1, 0));
  socket.send(frame('anything', 2, 0, 0));
  await until('an answer', () => answers.length > 0);
  expect(answers.map(String).join()).toContain('bad-request');
  socket.send(frame(`x${'y'.repeat(1_000)}`, 2, 0, 0));
  await until('its end', () => closed() === 4400);
});

test('D1 a socket speaks for one person, also when two ask at the same moment', async () => {
  const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
  const device = harness.device(ann);
  const answers: string[] = [];
  const providers = [ann, bo].map((person) => {
    const provider = new HocuspocusProvider({
      websocketProvider: device.socket,
      name: userDocumentName(person.id),
      token: person.session,
      awareness: null,
    });
    provider.on('authenticated', () => answers.push(`${person.name} is in`));
    provider.on('authenticationFailed', ({ reason }: { reason: string }) => {
      answers.push(`${person.name}: ${reason}`);
    });
    provider.attach();
    return provider;
  });
  await until('both answers', () => answers.length === 2);
  expect(answers.filter((answer) => answer.endsWith('is in'))).toHaveLength(1);
  expect(answers.filter((answer) => answer.endsWith(': forbidden'))).toHaveLength(1);
  for (const provider of providers) provider.destroy();
  device.close();
});

test('D13 a reader that does not read is cut off, and nobody else', async () => {
  const [ann, bo] = [await harness.person('Ann'), await harness.person('Bo')];
  const roomId = await harness.room([
    [ann, 'owner'],
    [bo, 'member'],
  ]);
  const writer = await harness.device(ann).page(roomId);
  const { socket, closed } = openRaw();
  await until('the socket', () => socket.readyState === WebSocket.OPEN);
  const name = pageDocumentName(roomId, 0);
  const token = Buffer.from(bo.session);
  let answers = 0;
  socket.on('message', () => answers++);
  socket.send(frame(name, 2, 0, token.length, ...token));
  await until('to be let in', () => answers > 0);
  socket.pause();
  // The kernel's buffers take the first megabytes. Edits leave the page small: it does not close.
  const text = 'x'.repeat(16_000);
  const id = post(writer.doc, ann, text);
  const messages = messagesOf(writer.doc);
  const record = messages.get(id) as WrittenRecord;
  const { stats } = harness.documents;
  let edits = 0;
  const isCutOff = async () => {
    if (stats.slowReaders > 0) return true;
    const stored = stats.log.updates;
    for (let i = 0; i < 40; i++) messages.set(id, { ...record, text, editedAt: ++edits });
    await until('the edits are stored', () => stats.log.updates >= stored + 40);
    return false;
  };
  await until('the cut', isCutOff, 60_000);
  socket.resume();
  await until('its end', () => closed() !== undefined);
  post(writer.doc, ann, 'others go on');
  await until('an answer', () => ordered(writer.doc).length === 2);
}, 90_000);

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { ask } from './client.ts';
import { RefusedError, UnreachableError } from './refusedError.ts';

const Answer = z.object({ items: z.array(z.string()) });
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

function sendProblem(response: ServerResponse, status: number, code: string, more = {}): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '90' });
  response.end(JSON.stringify({ type: 'about:blank', title: 'No', status, code, ...more }));
}

test('an answer is parsed by its schema', async () => {
  const base = await serve((_request, response) => {
    response.end('{"items":["General"],"new":1}');
  });
  const answer = await ask({ method: 'GET', path: '/api/rooms', answer: Answer }, base);
  expect(answer).toEqual({ items: ['General'] });
});

test('an answer without content is undefined', async () => {
  const base = await serve((_request, response) => {
    response.writeHead(204).end();
  });
  const asked = ask<unknown>({ method: 'DELETE', path: '/api/sessions/current' }, base);
  expect(await asked).toBeUndefined();
});

test('each POST carries a key of its own, a repeated one the same', async () => {
  const keys: unknown[] = [];
  const base = await serve((request, response) => {
    keys.push(request.headers['idempotency-key']);
    response.writeHead(204).end();
  });
  await ask({ method: 'POST', path: '/api/rooms', body: {} }, base);
  await ask({ method: 'POST', path: '/api/rooms', body: {} }, base);
  await ask({ method: 'POST', path: '/api/rooms', body: {}, idempotencyKey: 'mine' }, base);
  await ask({ method: 'GET', path: '/api/rooms' }, base);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[1]).not.toBe(keys[0]);
  expect(keys.slice(2)).toEqual(['mine', undefined]);
});

test('a no carries its code, its fields and when to try again', async () => {
  const base = await serve((_request, response) => {
    sendProblem(response, 400, 'bad-request', { fields: { handle: 'too short' } });
  });
  const failure = await ask({ method: 'POST', path: '/api/accounts' }, base).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(RefusedError);
  expect(failure).toMatchObject({
    code: 'bad-request',
    fields: { handle: 'too short' },
    retryAfterSeconds: 90,
  });
});

test('a code of a newer server reads as its status', async () => {
  const base = await serve((_request, response) => {
    sendProblem(response, 401, 'second-factor-missing');
  });
  await expect(ask({ method: 'GET', path: '/api/me' }, base)).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test.each([
  ['a page of a hotel', 200, '<html>Sign in to the network</html>'],
  ['a proxy without our server', 502, 'Bad gateway'],
  ['a 401 of somebody else', 401, 'Unauthorized'],
])('%s is no answer of ours: nobody is signed out by it', async (_name, status, body) => {
  const base = await serve((_request, response) => {
    response.writeHead(status).end(body);
  });
  await expect(
    ask({ method: 'GET', path: '/api/me', answer: Answer }, base),
  ).rejects.toBeInstanceOf(UnreachableError);
});

test('a network that swallows everything ends at the limit', async () => {
  const base = await serve(() => undefined);
  await expect(ask({ method: 'GET', path: '/api/me', limitMs: 50 }, base)).rejects.toBeInstanceOf(
    UnreachableError,
  );
});

test('nobody listens: unreachable', async () => {
  await expect(
    ask({ method: 'GET', path: '/api/me' }, 'http://127.0.0.1:1'),
  ).rejects.toBeInstanceOf(UnreachableError);
});

import { IDEMPOTENCY_HEADER, Problem } from '@skerry/protocol/api/common.ts';
import { isRefusalCode, type RefusalCode } from '@skerry/protocol/refusals.ts';
import { v4 as uuidv4 } from 'uuid';
import type * as z from 'zod/mini';
import { RefusedError, UnreachableError } from './refusedError.ts';

const DEFAULT_LIMIT_MS = 20_000;

export interface ApiRequest<T> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  /** Absent: the answer has no content. */
  answer?: z.ZodMiniType<T>;
  /** Of a POST that repeats a lost one. Absent: a new one. */
  idempotencyKey?: string | undefined;
  limitMs?: number;
  /** Lets a DELETE outlive its page. */
  keepalive?: boolean;
}

/** Asks our server; rejects with RefusedError for its "no" and UnreachableError when nothing came back. */
export async function ask<T = void>(request: ApiRequest<T>, base = ''): Promise<T> {
  const response = await send(request, base);
  if (!response.ok) throw await readRefusal(response);
  if (request.answer === undefined) return undefined as T;
  const parsed = request.answer.safeParse(await readJson(response));
  // A page of somebody else: a hotel's sign-in, a proxy.
  if (!parsed.success) throw new UnreachableError('the answer is not of our server');
  return parsed.data;
}

async function send<T>(request: ApiRequest<T>, base: string): Promise<Response> {
  const { method, path, body, limitMs = DEFAULT_LIMIT_MS, keepalive = false } = request;
  const headers = new Headers({ accept: 'application/json' });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (method === 'POST') headers.set(IDEMPOTENCY_HEADER, request.idempotencyKey ?? uuidv4());
  try {
    return await fetch(base + path, {
      method,
      headers,
      keepalive,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(limitMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new UnreachableError('no answer', { cause });
  }
}

async function readRefusal(response: Response): Promise<Error> {
  const problem = Problem.safeParse(await readJson(response));
  if (!problem.success)
    return new UnreachableError(`answer ${response.status} is not of our server`);
  const { code, fields } = problem.data;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new RefusedError(isRefusalCode(code) ? code : codeOfStatus(response.status), {
    fields,
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
  });
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined; // cut off, or not JSON: the schema says no
  }
}

/** A code of a newer server reads as its status. */
function codeOfStatus(status: number): RefusalCode {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 429) return 'too-many-requests';
  return status >= 500 ? 'unavailable' : 'bad-request';
}

/**
 * Every "no" that a client must tell apart, over HTTP (problem details `code`) and over sync (stateless
 * message `refused`). On the wire and stored in trays: add, never rename.
 *
 * scope: what the "no" is about. `room` and `account` move all of that room's or account's operations to
 * the tray. retry: what helps.
 */
export const REFUSALS = {
  // who you are
  unauthenticated: { httpStatus: 401, scope: 'account', retry: 'after-login' },
  'wrong-credentials': { httpStatus: 401, scope: 'account', retry: 'never' },
  suspended: { httpStatus: 403, scope: 'account', retry: 'never' },
  'bad-origin': { httpStatus: 403, scope: 'account', retry: 'never' },
  'client-too-old': { httpStatus: 426, scope: 'account', retry: 'after-update' },
  // what you may do
  forbidden: { httpStatus: 403, scope: 'room', retry: 'never' },
  'not-a-member': { httpStatus: 403, scope: 'room', retry: 'never' },
  'room-not-found': { httpStatus: 404, scope: 'room', retry: 'never' },
  'room-locked': { httpStatus: 403, scope: 'room', retry: 'later' },
  'room-archived': { httpStatus: 403, scope: 'room', retry: 'never' },
  'last-owner': { httpStatus: 409, scope: 'operation', retry: 'never' },
  'last-admin': { httpStatus: 409, scope: 'operation', retry: 'never' },
  // what you sent
  'bad-request': { httpStatus: 400, scope: 'operation', retry: 'never' },
  'not-found': { httpStatus: 404, scope: 'operation', retry: 'never' },
  'handle-taken': { httpStatus: 409, scope: 'operation', retry: 'never' },
  'email-taken': { httpStatus: 409, scope: 'operation', retry: 'never' },
  'room-name-taken': { httpStatus: 409, scope: 'operation', retry: 'never' },
  'key-reused': { httpStatus: 409, scope: 'operation', retry: 'never' },
  // the same Idempotency-Key is being worked on
  'in-progress': { httpStatus: 409, scope: 'operation', retry: 'later' },
  'link-expired': { httpStatus: 410, scope: 'operation', retry: 'never' },
  'too-large': { httpStatus: 413, scope: 'operation', retry: 'never' },
  'too-many-requests': { httpStatus: 429, scope: 'operation', retry: 'later' },
  // what a page does not take
  stale: { httpStatus: 409, scope: 'operation', retry: 'on-fresh-fork' },
  duplicate: { httpStatus: 409, scope: 'operation', retry: 'never' },
  deleted: { httpStatus: 409, scope: 'operation', retry: 'never' },
  removed: { httpStatus: 409, scope: 'operation', retry: 'never' },
  'no-message': { httpStatus: 404, scope: 'operation', retry: 'never' },
  'too-many-reactions': { httpStatus: 409, scope: 'operation', retry: 'never' },
  'page-closed': { httpStatus: 409, scope: 'page', retry: 'on-head-page' },
  'page-full': { httpStatus: 409, scope: 'page', retry: 'never' },
  'client-too-new': { httpStatus: 400, scope: 'operation', retry: 'never' },
  // what no honest client sends
  author: { httpStatus: 403, scope: 'operation', retry: 'never' },
  shape: { httpStatus: 400, scope: 'operation', retry: 'never' },
  hostile: { httpStatus: 400, scope: 'operation', retry: 'never' },
  // not your fault
  internal: { httpStatus: 500, scope: 'operation', retry: 'later' },
  unavailable: { httpStatus: 503, scope: 'operation', retry: 'later' },
} as const satisfies Record<string, Refusal>;

interface Refusal {
  httpStatus: number;
  scope: 'operation' | 'page' | 'room' | 'account';
  retry: 'never' | 'later' | 'after-login' | 'after-update' | 'on-fresh-fork' | 'on-head-page';
}

export type RefusalCode = keyof typeof REFUSALS;

export function isRefusalCode(value: unknown): value is RefusalCode {
  return typeof value === 'string' && Object.hasOwn(REFUSALS, value);
}

import './outboxTexts.ts';
import type { RefusalCode } from '@skerry/protocol/refusals.ts';
import { t, type TextKey } from './text.ts';

/** Why the server said no, in words that say what helps: a sentence that begins in lower case. */
export function refusalText(code: RefusalCode): string {
  return t(REASONS[code]);
}

const REASONS: Record<RefusalCode, TextKey> = {
  unauthenticated: 'outbox.reason.signIn',
  'wrong-credentials': 'outbox.reason.credentials',
  suspended: 'outbox.reason.suspended',
  'bad-origin': 'outbox.reason.origin',
  'client-too-old': 'outbox.reason.tooOld',
  forbidden: 'outbox.reason.forbidden',
  'not-a-member': 'outbox.reason.notMember',
  'room-not-found': 'outbox.reason.noRoom',
  'room-locked': 'outbox.reason.locked',
  'room-archived': 'outbox.reason.archived',
  'last-owner': 'outbox.reason.lastOwner',
  'last-admin': 'outbox.reason.lastAdmin',
  'bad-request': 'outbox.reason.badRequest',
  'not-found': 'outbox.reason.notFound',
  'handle-taken': 'outbox.reason.handleTaken',
  'email-taken': 'outbox.reason.emailTaken',
  'room-name-taken': 'outbox.reason.roomNameTaken',
  'key-reused': 'outbox.reason.keyReused',
  'in-progress': 'outbox.reason.inProgress',
  'link-expired': 'outbox.reason.linkExpired',
  'too-large': 'outbox.reason.tooLarge',
  'too-many-requests': 'outbox.reason.tooMany',
  stale: 'outbox.reason.stale',
  duplicate: 'outbox.reason.duplicate',
  deleted: 'outbox.reason.deleted',
  removed: 'outbox.reason.removed',
  'no-message': 'outbox.reason.noMessage',
  'too-many-reactions': 'outbox.reason.reactions',
  'page-closed': 'outbox.reason.pageClosed',
  'page-full': 'outbox.reason.pageFull',
  'client-too-new': 'outbox.reason.tooNew',
  author: 'outbox.reason.author',
  shape: 'outbox.reason.shape',
  hostile: 'outbox.reason.shape',
  internal: 'outbox.reason.internal',
  unavailable: 'outbox.reason.unavailable',
};

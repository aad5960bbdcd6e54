import { refusalText } from '../text/refusalText.ts';
import { t } from '../text/text.ts';
import { RefusedError, UnreachableError } from './refusedError.ts';

/** What to tell a person about a request that did not succeed: a whole sentence. */
export function failureText(failure: Error): string {
  if (failure instanceof UnreachableError) return t('app.unreachable');
  if (!(failure instanceof RefusedError)) return t('app.bug');
  if (failure.code === 'too-many-requests' && failure.retryAfterSeconds !== undefined) {
    return t('app.tryAgainIn', { count: Math.max(1, Math.ceil(failure.retryAfterSeconds / 60)) });
  }
  const reason = refusalText(failure.code);
  return reason.charAt(0).toLocaleUpperCase() + reason.slice(1);
}

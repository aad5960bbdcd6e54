import { RefusalError } from '../errors.ts';
import type { App } from './app.ts';

const MAX_DEPTH = 20;

/** PostgreSQL cannot store U+0000 in text, so no value with one gets further than here. */
export function refuseNul(app: App): void {
  app.addHook('preValidation', (request, _reply, done) => {
    for (const part of [request.body, request.query, request.params]) {
      if (holdsNul(part, MAX_DEPTH)) {
        done(new RefusalError('bad-request', { fields: { body: 'holds a NUL character' } }));
        return;
      }
    }
    done();
  });
}

function holdsNul(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  // Nothing here is nested that deep: it is refused like a NUL.
  if (depth === 0) return true;
  return Object.entries(value).some(
    ([key, inner]) => key.includes('\0') || holdsNul(inner, depth - 1),
  );
}

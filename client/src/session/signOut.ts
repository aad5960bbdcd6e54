import { endCurrentSession } from '../api/sessions.ts';
import { RefusedError } from '../api/refusedError.ts';

/** A cookie holds it: it is no data of a person, and must outlive all of those. */
const COOKIE = 'skerry-end-session';
const COOKIE_SECONDS = 60 * 60 * 24 * 40; // longer than any session lives

/** Ends the session on the server; false: it could not be told, the next start tries again. */
export async function endServerSession(): Promise<boolean> {
  document.cookie = `${COOKIE}=1; path=/; max-age=${COOKIE_SECONDS}; samesite=strict`;
  try {
    await endCurrentSession();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== 'unauthenticated') return false;
  }
  forgetLeftoverSession();
  return true;
}

/** Somebody signed out here while the server could not be reached. */
export function hasLeftoverSession(): boolean {
  return document.cookie.split('; ').includes(`${COOKIE}=1`);
}

/** A new sign-in has replaced the session. */
export function forgetLeftoverSession(): void {
  document.cookie = `${COOKIE}=; path=/; max-age=0; samesite=strict`;
}

/** Empties this origin's storage and its caches but for the app's own files, which are the same for all. */
export async function emptyStorage(): Promise<void> {
  localStorage.clear();
  sessionStorage.clear();
  if (!('caches' in globalThis)) return;
  try {
    const names = await caches.keys();
    const foreign = names.filter((name) => !name.includes('precache'));
    await Promise.all(foreign.map((name) => caches.delete(name)));
  } catch {
    // Private windows of some browsers refuse: nothing was cached there either.
  }
}

/** Where to go after signing in: a path of this app, never another site's address. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !/^\/sign-(?:in|up)\b/.test(next) ? next : '/';
}

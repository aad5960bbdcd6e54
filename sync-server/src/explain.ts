/** The sentence for whoever started it: what went wrong, and what was underneath. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return 'The port is in use by another program: stop it, or set PORT to another one.';
  }
  const cause = error.cause instanceof Error ? `\n  ${explain(error.cause)}` : '';
  return `${error.message}${cause}`;
}

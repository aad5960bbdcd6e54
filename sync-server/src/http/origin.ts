import type { IncomingHttpHeaders } from 'node:http';

export interface OriginFacts {
  headers: IncomingHttpHeaders;
  method: string;
  /** The Host that the person's browser used. */
  host: string;
  publicUrl: string | undefined;
}

export type OriginVerdict =
  /** Our own pages made this request: its cookie counts. */
  | 'own'
  /** Another program or a bare link made it: its cookie is ignored. */
  | 'unknown'
  /** Another site's page made it: refused. */
  | 'foreign';

/**
 * Judges who made a request. Browsers leave Origin out of same-origin GETs, so for methods that change
 * nothing Sec-Fetch-Site says it, or on plain http (where browsers leave that out too) Referer.
 */
export function judgeOrigin(facts: OriginFacts): OriginVerdict {
  const { origin, referer } = facts.headers;
  if (origin !== undefined) return isOurs(origin, facts) ? 'own' : 'foreign';
  if (facts.method !== 'GET' && facts.method !== 'HEAD') return 'unknown';
  const site = facts.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'unknown';
  return referer !== undefined && isOurs(referer, facts) ? 'own' : 'unknown';
}

function isOurs(address: string, { host, publicUrl }: OriginFacts): boolean {
  const given = parse(address);
  if (given === undefined || !/^https?:$/.test(given.protocol)) return false;
  // Through URL on both sides, so that a default port written out is no difference.
  return (
    given.origin === parse(publicUrl ?? '')?.origin ||
    given.host === parse(`${given.protocol}//${host}`)?.host
  );
}

function parse(address: string): URL | undefined {
  return URL.parse(address) ?? undefined;
}

import { lexer, type MarkedToken, type Token } from 'marked';

/** A message's text as tokens, or `undefined`: show it as plain text with links. */
export type Markdown = readonly MarkedToken[] | undefined;

// 16 KB of `_a*` costs the lexer 1.5 s. These bounds hold before it runs.
const MAX_CHARACTERS = 4_096;
const MAX_DELIMITERS = 500;
const MAX_NESTING = 8;
/** Texts whose tokens are kept: some screens of a busy room. */
const MAX_KEPT = 400;

const DELIMITERS = /[*_~`[\]<>|]/g;
const LINE_MARKERS = /^[ \t>*+\-\d.)]*/;
const MARKER = />|[*+-](?=[ \t])|\d[.)](?=[ \t])/g;

const kept = new Map<string, Markdown>();

/** Remembers what it parsed, so that a row that scrolls in again costs nothing. */
export function parseMarkdown(text: string): Markdown {
  if (kept.has(text)) return kept.get(text);
  const parsed = isWithinBounds(text) ? parseWithinBounds(text) : undefined;
  const oldest = kept.keys().next();
  if (kept.size >= MAX_KEPT && oldest.done !== true) kept.delete(oldest.value);
  kept.set(text, parsed);
  return parsed;
}

/** Looks at each character a constant number of times. */
export function isWithinBounds(text: string): boolean {
  if (text.length > MAX_CHARACTERS) return false;
  if (countMatches(text, DELIMITERS) > MAX_DELIMITERS) return false;
  return text
    .split('\n')
    .every((line) => countMatches(LINE_MARKERS.exec(line)?.[0] ?? '', MARKER) <= MAX_NESTING);
}

/** The lexer runs without extensions, so that only its own tokens come. */
export function ownTokens(tokens: readonly Token[] | undefined): readonly MarkedToken[] {
  return (tokens ?? []) as readonly MarkedToken[];
}

function parseWithinBounds(text: string): Markdown {
  try {
    const tokens = ownTokens(lexer(text, { gfm: true, breaks: true }));
    return isDeeper(tokens, MAX_NESTING) ? undefined : tokens;
  } catch {
    return undefined;
  }
}

function isDeeper(tokens: readonly MarkedToken[], levels: number): boolean {
  if (tokens.length === 0) return false;
  if (levels < 0) return true;
  return tokens.some((token) => isDeeper(childrenOf(token), levels - 1));
}

function childrenOf(token: MarkedToken): readonly MarkedToken[] {
  if (token.type === 'list') return token.items.flatMap((item) => ownTokens(item.tokens));
  return 'tokens' in token ? ownTokens(token.tokens) : [];
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

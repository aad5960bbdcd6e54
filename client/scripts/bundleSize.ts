// How much JavaScript a signed-in person's first screen weighs: the entry and what it imports, gzipped.
// Run after the build, with another build's folder or none; exits 1 above a budget.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod/mini';

const BUDGET_KB = 175;
/** What we did not write ourselves. */
const LIBRARIES_BUDGET_KB = 145;
const DIST = process.argv[2] ?? join(import.meta.dirname, '../dist');
const ENTRY = 'index.html';
/** Chunks of libraries only, by the names that vite.config.ts and the bundler give them. */
const LIBRARIES = ['libraries', 'rolldown-runtime'];

const Chunk = z.object({
  file: z.string(),
  name: z.optional(z.string()),
  imports: z.optional(z.array(z.string())),
  css: z.optional(z.array(z.string())),
});
type Chunk = z.infer<typeof Chunk>;
const manifest = z
  .record(z.string(), Chunk)
  .parse(JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8')));

const chunks = [...chunksOf(ENTRY)];
const libraries = chunks.filter(({ name = '' }) => LIBRARIES.includes(name));
if (!libraries.some(({ name }) => name === LIBRARIES[0])) {
  throw new Error('the build has no chunk of libraries');
}

for (const { file } of chunks) printLine(gzippedKb(file), file);
for (const css of new Set(chunks.flatMap(({ css = [] }) => css))) {
  printLine(gzippedKb(css), `${css} (not counted)`);
}
check('libraries', sum(libraries), LIBRARIES_BUDGET_KB);
check('JavaScript in all', sum(chunks), BUDGET_KB);

function* chunksOf(key: string, seen = new Set<string>()): Generator<Chunk> {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`the build has no ${key}`);
  if (seen.has(key)) return;
  seen.add(key);
  yield chunk;
  for (const imported of chunk.imports ?? []) yield* chunksOf(imported, seen);
}

function sum(some: readonly Chunk[]): number {
  return some.reduce((total, { file }) => total + gzippedKb(file), 0);
}

function check(what: string, kb: number, budgetKb: number): void {
  printLine(kb, `${what}, of ${budgetKb} KB`);
  if (kb > budgetKb) process.exitCode = 1;
}

function gzippedKb(file: string): number {
  return gzipSync(readFileSync(join(DIST, file))).byteLength / 1024;
}

function printLine(kb: number, words: string): void {
  process.stdout.write(`${kb.toFixed(1).padStart(7)} KB  ${words}\n`);
}

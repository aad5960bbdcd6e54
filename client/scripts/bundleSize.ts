// How much a signed-in person's first screen weighs: the entry and what it imports, gzipped.
// Run after the build; exits 1 above the budget.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod/mini';

const BUDGET_KB = 175;
const DIST = join(import.meta.dirname, '../dist');
const ENTRY = 'index.html';

const Manifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    imports: z.optional(z.array(z.string())),
    css: z.optional(z.array(z.string())),
  }),
);
const manifest = Manifest.parse(
  JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8')),
);

const files = [...filesOf(ENTRY)].map((file) => ({ file, kb: gzippedKb(file) }));
const totalKb = files.reduce((sum, { kb }) => sum + kb, 0);
for (const { file, kb } of files) print(`${kb.toFixed(1).padStart(7)} KB  ${file}`);
print(`${totalKb.toFixed(1).padStart(7)} KB  of ${BUDGET_KB} KB (gzip)`);
if (totalKb > BUDGET_KB) process.exitCode = 1;

function filesOf(key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`the build has no ${key}`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const imported of chunk.imports ?? []) filesOf(imported, seen);
  return seen;
}

function gzippedKb(file: string): number {
  return gzipSync(readFileSync(join(DIST, file))).byteLength / 1024;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

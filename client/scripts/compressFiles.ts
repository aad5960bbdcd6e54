// Puts a Brotli and a gzip copy beside each text file of a build, for the server to send.
// Run after the build, with another build's folder or none.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const DIST = process.argv[2] ?? join(import.meta.dirname, '../dist');
const TEXT = /\.(?:js|css|html|svg|webmanifest)$/;
/** Below a network packet nothing is won. */
const SMALLEST_BYTES = 1400;

for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
  if (!TEXT.test(name)) continue;
  const path = join(DIST, name);
  const bytes = readFileSync(path);
  if (bytes.byteLength < SMALLEST_BYTES) continue;
  writeFileSync(`${path}.br`, brotliCompressSync(bytes));
  writeFileSync(`${path}.gz`, gzipSync(bytes));
}

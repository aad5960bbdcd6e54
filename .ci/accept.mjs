// Runs each acceptance script of a folder from the project's root and records what passed.
// usage: accept.mjs <folder>
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What the scripts share. */
const DRIVER = 'skerry.mjs';
const TIMEOUT_MS = 240_000;
/**
 * Kills of a crash run. It looks at a room's head page alone, and three rounds of at most 165 messages leave
 * that page open; rounds over several pages are in sync-server/test/crash.ts.
 */
const ROUNDS = '3';

const folder = process.argv[2] ?? '';
const counts = { passed: 0, failed: 0 };
for (const script of readdirSync(folder).filter(isScript)) {
  // npm puts the project's own Node.js first on the path.
  const { status } = spawnSync('npm', ['exec', '--', 'node', resolve(join(folder, script))], {
    stdio: 'inherit',
    timeout: TIMEOUT_MS,
    env: { ...process.env, ROUNDS },
  });
  console.log(`${script}: ${status === 0 ? 'passed' : 'failed'}`);
  counts[status === 0 ? 'passed' : 'failed'] += 1;
}
mkdirSync('test-results', { recursive: true });
writeFileSync('test-results/accept.json', JSON.stringify(counts));
process.exit(counts.failed === 0 ? 0 : 1);

function isScript(name) {
  return name.endsWith('.mjs') && name !== DRIVER;
}

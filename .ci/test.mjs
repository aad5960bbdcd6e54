// The whole test suite: unit, both databases, network, browser, end to end. One report per runner in test-results/.
// usage: test.mjs [runner…]
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const runners = {
  unit: ['vitest', 'run', '--project', 'unit'],
  pglite: ['vitest', 'run', '--project', 'pglite'],
  postgres: ['vitest', 'run', '--project', 'postgres'],
  process: ['vitest', 'run', '--project', 'process'],
  network: ['vitest', 'run', '--project', 'network'],
  browser: ['vitest', 'run', '--project', 'browser'],
  'end to end': ['playwright', 'test', '--config', 'client/playwright.config.ts'],
};

const asked = process.argv.slice(2);
const chosen = Object.entries(runners).filter(
  ([name]) => asked.length === 0 || asked.includes(name),
);
rmSync('test-results', { recursive: true, force: true });
let failed = false;
for (const [name, [program, ...args]] of chosen) {
  console.log(`\n== ${name} ==`);
  const report =
    program === 'vitest'
      ? [
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=test-results/vitest-${name}.json`,
        ]
      : [];
  const { status } = spawnSync(program, [...args, ...report], { stdio: 'inherit' });
  if (status !== 0) failed = true;
}
const summary = spawnSync(process.execPath, ['.ci/summary.mjs'], { stdio: 'inherit' });
process.exit(failed || (asked.length === 0 && summary.status !== 0) ? 1 : 0);

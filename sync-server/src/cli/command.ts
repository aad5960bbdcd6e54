import { existsSync } from 'node:fs';
import { loadConfig, type Config } from '../config.ts';
import { explain } from '../explain.ts';

/** Runs one command of the operator: a clear line and exit code 1 when it cannot be done. */
export function runCommand(command: (config: Config, args: string[]) => Promise<void>): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const run = async () => {
    await command(loadConfig(process.env), process.argv.slice(2));
  };
  run().catch((error: unknown) => {
    console.error(explain(error));
    process.exitCode = 1;
  });
}

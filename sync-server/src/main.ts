import { existsSync } from 'node:fs';
import { createApplication } from './application.ts';
import { loadConfig } from './config.ts';
import { explain } from './explain.ts';
import { createLogger } from './logger.ts';

/** Longest wait for open requests, sockets and writes when the process is asked to stop. */
const STOP_DEADLINE_MS = 10_000;

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log.info({ signal }, 'stop requested');
      stop.abort();
    });
  }
  const application = await createApplication({ config, log });
  const url = await application.listen();
  process.stdout.write(`Skerry is at ${config.http.publicUrl ?? url}\n`);
  if (!stop.signal.aborted) {
    await new Promise((resolve) => {
      stop.signal.addEventListener('abort', resolve, { once: true });
    });
  }
  const deadline = setTimeout(() => {
    log.error({ deadlineMs: STOP_DEADLINE_MS }, 'stopping took too long');
    process.exit(1);
  }, STOP_DEADLINE_MS);
  await application.close();
  clearTimeout(deadline);
  log.info('stopped');
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});

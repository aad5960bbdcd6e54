import type { Logger } from 'pino';
import { PgBoss } from 'pg-boss';
import type { Database } from './database.ts';

/** Work that may be a minute late: looking for it more often costs an idle server for nothing. */
const POLL_SECONDS = 60;
/** What stood in the way of a run may last: a backup, an outage. */
const RETRY_SECONDS = 300;
const STOP_DEADLINE_MS = 3_000;
const SCHEMA = 'jobs';

/** Slow work of the whole server: each run happens in one of its processes, also when one dies. */
export interface Jobs {
  /** Runs `work` now, and then as `cron` says (five fields, UTC). A run that throws is tried again. */
  repeat: (name: string, cron: string, work: () => Promise<void>) => Promise<void>;
  /**
   * Runs `work` soon after the returned function was called (calls that find one waiting are one run), and as
   * `cron` says. A run that throws is tried again; one that comes too early asks for another `later`.
   */
  onDemand: (
    name: string,
    cron: string,
    work: (run: DemandedRun) => Promise<void>,
  ) => Promise<() => Promise<void>>;
  close: () => Promise<void>;
}

export interface DemandedRun {
  bySchedule: boolean;
  /** Asks for another run in so many seconds; what is asked for until then shares it. */
  later: (seconds: number) => Promise<void>;
}

/** Keeps its tables in a schema of its own. A fresh one costs 0.1 s at the first start, 10 ms later. */
export async function openJobs(db: Database, log: Logger): Promise<Jobs> {
  const boss = new PgBoss({
    db: db.jobs,
    backend: db.kind === 'pglite' ? 'pglite' : 'postgres',
    schema: SCHEMA,
  });
  // Without a listener an error event would end the process.
  boss.on('error', (error) => {
    log.warn({ err: error }, 'job queue failed');
  });
  await boss.start();
  const timed = async (job: string, work: () => Promise<void>) => {
    const startedAt = performance.now();
    await work();
    log.info({ job, durationMs: Math.round(performance.now() - startedAt) }, 'job done');
  };
  return {
    onDemand: async (name, cron, work) => {
      await boss.createQueue(name, { policy: 'short', retryLimit: 2, retryDelay: RETRY_SECONDS });
      await boss.schedule(name, cron, { bySchedule: true });
      const worker = await boss.work<{ bySchedule?: boolean } | null>(
        name,
        { pollingIntervalSeconds: POLL_SECONDS },
        async (runs) => {
          const bySchedule = runs.some(({ data }) => data?.bySchedule === true);
          const later = async (seconds: number) => {
            await boss.send(name, null, { startAfter: Math.ceil(seconds) });
          };
          await timed(name, () => work({ bySchedule, later }));
        },
      );
      return async () => {
        await boss.send(name);
        boss.notifyWorker(worker);
      };
    },
    repeat: async (name, cron, work) => {
      await boss.createQueue(name, { retryLimit: 2 });
      await boss.schedule(name, cron);
      // Before the worker starts, which looks for work at once and then every minute.
      await boss.send(name);
      await boss.work(name, { pollingIntervalSeconds: POLL_SECONDS }, () => timed(name, work));
    },
    close: async () => {
      await boss.stop({ graceful: true, timeout: STOP_DEADLINE_MS });
    },
  };
}

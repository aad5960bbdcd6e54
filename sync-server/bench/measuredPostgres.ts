import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres, type ThrowawayPostgres } from '../test/throwawayPostgres.ts';
import { familyCpuMsOf } from './cpuTime.ts';

/** A throw-away PostgreSQL with fsync on, and what it costs. */
export interface MeasuredPostgres {
  url: string;
  pool: pg.Pool;
  /** CPU time of all its processes so far. */
  cpuMs: () => number;
  /** Position in the write-ahead log, in bytes. */
  walBytes: () => Promise<number>;
  /** Does what it would do about new rows at some later moment: vacuum, statistics, checkpoint. */
  settle: () => Promise<void>;
  stop: () => Promise<void>;
}

const running = new Set<ThrowawayPostgres>();

/** For a run that fails, once the servers are gone. Its stop does its work before it returns. */
export function stopMeasuredPostgres(): void {
  for (const postgres of running) void postgres.stop();
}

export async function startMeasuredPostgres(): Promise<MeasuredPostgres> {
  const postgres = await startPostgres({ fsync: true });
  running.add(postgres);
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  pool.on('error', () => undefined); // it is stopped below its connections
  const postmaster = Number(
    readFileSync(join(postgres.dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0],
  );
  return {
    url: postgres.url,
    pool,
    cpuMs: () => familyCpuMsOf(postmaster),
    walBytes: async () => {
      const { rows } = await pool.query<{ bytes: string }>(
        `select pg_current_wal_lsn() - '0/0'::pg_lsn as bytes`,
      );
      return Number(rows[0]?.bytes);
    },
    settle: async () => {
      await pool.query('vacuum analyze');
      await pool.query('checkpoint');
    },
    stop: async () => {
      await pool.end();
      running.delete(postgres);
      await postgres.stop();
    },
  };
}

// Skerry, measured beside two baselines in the same run: S, an ordinary chat on Socket.IO, Express and pg, and
// H, the stock Hocuspocus server. This process makes the load; every server is a process of its own, on a
// PostgreSQL of its own.
import { writeFileSync } from 'node:fs';
import type { ChatSystem } from './chatSystem.ts';
import { Figures } from './figures.ts';
import { stopMeasuredPostgres } from './measuredPostgres.ts';
import { killMeasuredProcesses } from './measuredProcess.ts';
import { readOptions, type Options, type PartName } from './options.ts';
import { measureCatchUp } from './parts/catchUp.ts';
import { measureFanout } from './parts/fanout.ts';
import { measureGrown } from './parts/grown.ts';
import { measureIdle } from './parts/idle.ts';
import { measureJoin } from './parts/join.ts';
import { measureRate } from './parts/rate.ts';
import { measureWal } from './parts/wal.ts';
import { jsonOf, tablesOf } from './report.ts';
import type { Sizes } from './sizes.ts';
import { startHocuspocus } from './systems/hocuspocus.ts';
import { startSkerry } from './systems/skerry.ts';
import { startSocketIo } from './systems/socketIo.ts';

type Measure = (system: ChatSystem, figures: Figures, sizes: Sizes) => Promise<void>;

const MEASURES: Record<PartName, Measure> = {
  fanout: measureFanout,
  rate: measureRate,
  wal: measureWal,
  join: measureJoin,
  catchup: measureCatchUp,
  idle: measureIdle,
  grown: measureGrown,
};

const options = readOptions(process.argv.slice(2));
const figures = new Figures();
const systems: ChatSystem[] = [];
let stopping: Promise<unknown> | undefined;
process.on('exit', () => {
  killMeasuredProcesses();
  stopMeasuredPostgres();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(130));
process.once('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  report(); // what was measured until then
  void stop(1);
});

for (const start of [startSkerry, startSocketIo, startHocuspocus])
  systems.push(await start(options.profileFolder));
await measureAll(options);
report();
await stop(0);

async function measureAll({ parts, sizes, repetitions }: Options): Promise<void> {
  for (const part of parts) {
    for (let repetition = 1; repetition <= repetitions; repetition++) {
      const start = performance.now();
      const measure = (system: ChatSystem) => MEASURES[part](system, figures, sizes);
      // Bytes are not slowed by company, and this part is mostly waiting.
      if (part === 'wal') await Promise.all(systems.map(measure));
      else {
        // Each system takes its turn at going first.
        const shift = repetition % systems.length;
        for (const system of [...systems.slice(shift), ...systems.slice(0, shift)])
          await measure(system);
      }
      figures.noteLoad(part);
      const seconds = ((performance.now() - start) / 1_000).toFixed(0);
      process.stderr.write(`${part} ${repetition} of ${repetitions}: ${seconds} s\n`);
    }
  }
}

function report(): void {
  process.stdout.write(tablesOf(figures, options));
  if (options.jsonPath === undefined) process.stdout.write(`${jsonOf(figures, options)}\n`);
  else writeFileSync(options.jsonPath, jsonOf(figures, options));
}

async function stop(exitCode: number): Promise<void> {
  stopping ??= Promise.allSettled(systems.map((system) => system.stop()));
  await stopping;
  process.exit(exitCode);
}

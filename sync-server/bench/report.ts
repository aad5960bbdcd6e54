import { cpus, totalmem } from 'node:os';
import type { SystemName } from './chatSystem.ts';
import type { Figures } from './figures.ts';
import { judgeGoals } from './goals.ts';
import type { Options } from './options.ts';
import { SKERRY_SETTINGS } from './systems/skerry.ts';

const SYSTEMS: SystemName[] = ['skerry', 'socketio', 'hocuspocus'];

/** Medians as a table, then the goals as ratios, for people. */
export function tablesOf(figures: Figures, options: Options): string {
  const names = [...new Set(figures.all.map(({ what }) => what))];
  const measured = names.map((what) => {
    const unit = figures.all.find((figure) => figure.what === what)?.unit ?? '';
    return [what, ...SYSTEMS.map((system) => shown(figures.median(what, system))), unit];
  });
  const goals = judgeGoals(figures).map(({ what, ratio, bound, isMet }) => [
    what,
    shown(ratio),
    bound,
    isMet ? 'met' : 'MISSED',
  ]);
  const loads = Object.entries(figures.loads).map(
    ([part, values]) => `${part} ${values.map((value) => value.toFixed(1)).join(' ')}`,
  );
  return [
    `Medians of ${options.repetitions}; server CPU without the database's, which has its own line.`,
    `Skerry ran with ${JSON.stringify(SKERRY_SETTINGS)}; PostgreSQL with fsync on, one per system.`,
    `Load average (1 min): ${loads.join(', ')}; ${cpus().length} cores.`,
    '',
    table([['', 'Skerry', 'S socket.io', 'H hocuspocus', ''], ...measured]),
    '',
    table([['goal', 'ratio', 'wanted', ''], ...goals]),
    '',
  ].join('\n');
}

export function jsonOf(figures: Figures, options: Options): string {
  return JSON.stringify(
    {
      at: new Date().toISOString(),
      machine: { cores: cpus().length, model: cpus()[0]?.model, memoryBytes: totalmem() },
      node: process.version,
      parts: options.parts,
      sizes: options.sizes,
      repetitions: options.repetitions,
      skerrySettings: SKERRY_SETTINGS,
      loadAverages: figures.loads,
      figures: figures.all,
      goals: judgeGoals(figures),
    },
    undefined,
    2,
  );
}

function shown(value: number | undefined): string {
  if (value === undefined) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

function table(rows: readonly string[][]): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => row[i]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

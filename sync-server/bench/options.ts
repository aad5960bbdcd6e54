import { parseArgs } from 'node:util';
import { FULL, QUICK, type Sizes } from './sizes.ts';

export const PARTS = ['fanout', 'rate', 'wal', 'join', 'catchup', 'idle', 'grown'] as const;
export type PartName = (typeof PARTS)[number];

export interface Options {
  parts: PartName[];
  sizes: Sizes;
  repetitions: number;
  /** Absent: the JSON goes to standard output, after the tables. */
  jsonPath: string | undefined;
  /** Folder for CPU profiles of the servers. */
  profileFolder: string | undefined;
}

export const USAGE = `usage: npm run bench -- [--quick] [--repetitions=3] [--json=<file>] [--profile=<folder>] [${PARTS.join(' ')}]
Without a part all of them run. CPU profiles (--profile) slow the servers down: read them, not the figures.`;

/** Throws with the usage when the arguments mean nothing. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      repetitions: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const unknown = positionals.filter((name) => !isPart(name));
  const repetitions = Number(values.repetitions ?? (values.quick ? 1 : 3));
  if (unknown.length > 0 || !Number.isInteger(repetitions) || repetitions < 1)
    throw new Error(USAGE);
  const asked = positionals.filter(isPart);
  return {
    parts: asked.length === 0 ? [...PARTS] : asked,
    sizes: values.quick ? QUICK : FULL,
    repetitions,
    jsonPath: values.json,
    profileFolder: values.profile,
  };
}

function isPart(name: string): name is PartName {
  return PARTS.some((part) => part === name);
}

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const MS_PER_TICK = 1_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
/** Fields of /proc/<pid>/stat after the command's name, which may hold spaces; see proc(5). */
const [USER, SYSTEM, ENDED_USER, ENDED_SYSTEM] = [11, 12, 13, 14] as const;

/** CPU time of a process and its threads so far, user and system. */
export function cpuMsOf(pid: number): number {
  return readTicks(pid, [USER, SYSTEM]) * MS_PER_TICK;
}

/** The same with its children, those included that have ended. */
export function familyCpuMsOf(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  const living = children.reduce((sum, child) => sum + cpuMsOf(Number(child)), 0);
  return living + readTicks(pid, [USER, SYSTEM, ENDED_USER, ENDED_SYSTEM]) * MS_PER_TICK;
}

function readTicks(pid: number, fields: readonly number[]): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return 0; // it ended since it was listed
  }
  const values = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(values[field]), 0);
}

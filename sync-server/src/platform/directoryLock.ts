import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes the directory for this process; PGlite itself lets two processes open and diverge. A lock left by
 * a process that is gone is taken over. Returns the release; throws when another process holds it.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, identityOf(process.pid), { flag: 'wx' });
      return () => {
        rmSync(path, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readFileSync(path, 'utf8');
      if (isAlive(holder)) {
        const pid = holder.split(' ', 1)[0] ?? '';
        throw new Error(`${directory} is in use by process ${pid}; stop it first`, {
          cause: error,
        });
      }
      rmSync(path, { force: true });
    }
  }
  throw new Error(`${directory} could not be locked`);
}

/** `<pid> <start time>`: a process id alone is reused, in a container even by the next start. */
function identityOf(pid: number): string {
  let started = '';
  try {
    // Field 22 of /proc/<pid>/stat, counted after the command name, which may hold spaces.
    started =
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')
        .at(-1)
        ?.split(' ')[19] ?? '';
  } catch {
    // no /proc on this system: the process id alone has to do
  }
  return `${String(pid)} ${started}`;
}

function isAlive(holder: string): boolean {
  const pid = Number(holder.split(' ', 1)[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' && identityOf(pid) === holder;
  }
  return identityOf(pid) === holder;
}

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A killed process may take a moment to go, and a restart is often quicker. */
const HOLDER_DEADLINE_MS = 3_000;
const POLL_MS = 50;

/**
 * Takes the directory for this process; PGlite itself lets two processes open and diverge. A lock left by
 * a process that is gone is taken over. Returns the release; throws when another process holds it.
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const path = join(directory, 'lock');
  const deadline = Date.now() + HOLDER_DEADLINE_MS;
  while (!tryLock(path)) {
    if (Date.now() > deadline) {
      const [pid = ''] = readHolder(path).split(' ', 1);
      throw new Error(`${directory} is in use by process ${pid}; stop it first`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return () => {
    rmSync(path, { force: true });
  };
}

function tryLock(path: string): boolean {
  if (isAlive(readHolder(path))) return false;
  try {
    // One rename wins. Whoever moved a lock that came to life meanwhile puts it back.
    const aside = `${path}.${String(process.pid)}`;
    renameSync(path, aside);
    if (isAlive(readHolder(aside))) {
      renameSync(aside, path);
      return false;
    }
    rmSync(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    writeFileSync(path, identityOf(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // nobody holds it
  }
}

/** `<pid> <start time>`: a process id alone is reused, in a container even by the next start. */
function identityOf(pid: number): string {
  return `${String(pid)} ${statusOf(pid).started}`;
}

/** Empty where there is no /proc, and for a process that is gone. */
function statusOf(pid: number): { state: string; started: string } {
  try {
    // Fields 3 and 22 of /proc/<pid>/stat; field 2, the command name, may hold spaces.
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return { state: '', started: '' };
  }
}

function isAlive(holder: string): boolean {
  const pid = Number(holder.split(' ', 1)[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0 || holder !== identityOf(pid)) return false;
  // Killed, and not collected yet by its parent: it holds nothing any more.
  if (statusOf(pid).state === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

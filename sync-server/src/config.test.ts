import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { loadConfig } from './config.ts';

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');

test('.env.example is the defaults', () => {
  expect(loadConfig(parseEnv(example))).toEqual(loadConfig({}));
});

test('every example behind a # is accepted, and each variable is there once', () => {
  const all = example.replaceAll(/^#(?=[A-Z_]+=)/gm, '');
  expect(loadConfig(parseEnv(all))).toMatchObject({
    http: { publicUrl: 'https://chat.example.org' },
    database: { url: 'postgres://skerry:secret@localhost:5432/skerry' },
    redisUrl: 'redis://localhost:6379',
  });
  const names = [...all.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(names).toEqual([...new Set(names)]);
});

test('all that is wrong is named at once', () => {
  const load = () =>
    loadConfig({ PORT: 'eighty', DATABASE_URL: 'mysql://x', REDIS_URL: 'localhost' });
  expect(load).toThrow(/PORT[\s\S]*DATABASE_URL[\s\S]*REDIS_URL/);
});

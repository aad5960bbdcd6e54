import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from './en.ts';

const SOURCE = join(import.meta.dirname, '..');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.'))
  .map((path) => ({ path, text: readFileSync(join(SOURCE, path), 'utf8') }));

test('every text is shown somewhere', () => {
  const code = files
    .filter(({ path }) => !path.startsWith(join('text', 'en')))
    .map(({ text }) => text)
    .join('\n');
  // `rooms.kind.${kind}Hint`: the types hold the parts between to the keys there are.
  const composed = [...code.matchAll(/`([a-z]\w*\.[\w.]*)\$\{[^}]+\}(\w*)`/g)];
  const isShown = (key: string) =>
    code.includes(`'${key}'`) ||
    composed.some(([, start = '', end = '']) => key.startsWith(start) && key.endsWith(end));
  expect(Object.keys(en).filter((key) => !isShown(key))).toEqual([]);
});

test('a key begins with the name of its file', () => {
  const strays = files
    .filter(({ path }) => path.startsWith(join('text', 'en') + '/'))
    .flatMap(({ path, text }) => {
      const name = /(\w+)\.ts$/.exec(path)?.[1] ?? '';
      return [...text.matchAll(/^ {2}'([^']+)':/gm)].flatMap(([, key = '']) =>
        key.startsWith(`${name}.`) ? [] : [`${path}: ${key}`],
      );
    });
  expect(strays).toEqual([]);
});

test('no component has words of its own', () => {
  const words = files
    .filter(({ path }) => path.endsWith('.tsx'))
    .flatMap(({ path, text }) => {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '');
      const inAttributes = /(?:aria-label|title|placeholder|alt|label)="[^"]*\p{L}[^"]*"/gu;
      const betweenTags =
        /<\/?[\w.]+(?:\s[^<>{}]*)?>\s*[^<>{}()=;'`\s]*\p{L}{2,}[^<>{}()=;'`]*<\//gu;
      return [...code.matchAll(inAttributes), ...code.matchAll(betweenTags)].map(
        ([found]) => `${path}: ${found}`,
      );
    });
  expect(words).toEqual([]);
});

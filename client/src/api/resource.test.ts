import { expect, test } from 'vitest';
import { createResource } from './resource.ts';

test('it is read when the first one listens, and the last request wins', async () => {
  const answers: ((value: string) => void)[] = [];
  const resource = createResource(
    () => new Promise<string>((resolve) => void answers.push(resolve)),
  );
  expect(resource.get()).toEqual({ value: undefined, isLoading: false, error: undefined });
  resource.subscribe(() => undefined);
  const second = resource.refresh();
  answers[1]?.('new');
  await second;
  answers[0]?.('old');
  await Promise.resolve();
  expect(resource.get()).toEqual({ value: 'new', isLoading: false, error: undefined });
});

test('a failed refresh keeps the last answer', async () => {
  let isDown = false;
  const resource = createResource(() =>
    isDown ? Promise.reject(new Error('down')) : Promise.resolve(1),
  );
  await resource.refresh();
  isDown = true;
  await resource.refresh();
  expect(resource.get()).toEqual({ value: 1, isLoading: false, error: new Error('down') });
});

test('after clear, an answer that was under way is nobody’s', async () => {
  const answers: ((value: string) => void)[] = [];
  const resource = createResource(
    () => new Promise<string>((resolve) => void answers.push(resolve)),
  );
  const asked = resource.refresh();
  resource.clear();
  answers[0]?.('of the person before');
  await asked;
  expect(resource.get().value).toBeUndefined();
});

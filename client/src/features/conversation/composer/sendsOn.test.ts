import { expect, test } from 'vitest';
import { sendsOn } from './sendsOn.ts';

const ENTER = { key: 'Enter', shiftKey: false, ctrlKey: false, metaKey: false, isComposing: false };

test('Enter sends with a keyboard and is a new line with a coarse pointer', () => {
  expect(sendsOn(ENTER, false)).toBe(true);
  expect(sendsOn(ENTER, true)).toBe(false);
  expect(sendsOn({ ...ENTER, shiftKey: true }, false)).toBe(false);
});

test('Ctrl or Cmd with Enter always sends', () => {
  expect(sendsOn({ ...ENTER, ctrlKey: true }, true)).toBe(true);
  expect(sendsOn({ ...ENTER, metaKey: true, shiftKey: true }, true)).toBe(true);
});

test('Enter that ends a composition, and other keys, do not send', () => {
  expect(sendsOn({ ...ENTER, isComposing: true }, false)).toBe(false);
  expect(sendsOn({ ...ENTER, key: 'a', ctrlKey: true }, false)).toBe(false);
});

import { expect, test } from 'vitest';
import { parseReadMark } from './readMark.ts';

test.each([[{ number: 0 }], [{ number: 7, except: [] }], [{ number: 7, except: [1, 7] }]])(
  '%j is a read mark',
  (value) => {
    expect(parseReadMark(value)).toEqual(value);
  },
);

test.each([
  [undefined],
  [{ number: -1 }],
  [{ number: 1.5 }],
  [{ number: 7, except: [8] }],
  [{ number: 7, except: [3, 3] }],
  [{ number: 7, except: [3, 2] }],
  [{ number: 7, except: [0] }],
  [{ number: 500, except: Array.from({ length: 201 }, (_, i) => i + 1) }],
  [{ number: 7, colour: 'red' }],
])('%j is none', (value) => {
  expect(parseReadMark(value)).toBeUndefined();
});

import { isRefusalCode, REFUSALS } from '@skerry/protocol/refusals.ts';
import { expect, test } from 'vitest';
import { refusalText } from './refusalText.ts';

test('every refusal has a sentence of its own form: lower case, with a full stop, no open place', () => {
  const codes = Object.keys(REFUSALS).filter(isRefusalCode);
  expect(codes).toHaveLength(Object.keys(REFUSALS).length);
  for (const code of codes) expect(refusalText(code), code).toMatch(/^[a-z][^{}]+\.$/);
});

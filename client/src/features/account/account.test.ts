import { expect, test } from 'vitest';
import { RefusedError, UnreachableError } from '../../api/refusedError.ts';
import { t } from '../../text/text.ts';
import { fieldErrors } from './fieldErrors.ts';
import { nextPath } from './nextPath.ts';
import { passwordStrength } from './passwordStrength.ts';
import { suggestHandle } from './suggestHandle.ts';

test.each([
  ['Ann Håkon', 'ann_hakon'],
  ['  Bo  ', 'bo'],
  ['Dr. Łukasz O’Neil', 'dr_ukasz_o_neil'],
  ['林', ''],
  ['x'.repeat(31) + ' y', 'x'.repeat(31)],
])('the handle of %j is %j', (name, handle) => {
  expect(suggestHandle(name)).toBe(handle);
});

test.each([
  ['seven77', 'too-short'],
  ['aaaaaaaaaaaa', 'weak'],
  ['abcdefghijkl', 'weak'],
  ['correct!9', 'fair'],
  ['tide at nine', 'good'],
  ['ladder open nine tide', 'strong'],
])('%j is %s', (password, strength) => {
  expect(passwordStrength(password)).toBe(strength);
});

test.each([
  ['?next=%2Froom%2Fx', '/room/x'],
  ['', '/'],
  ['?next=https://elsewhere.example', '/'],
  ['?next=//elsewhere.example', '/'],
  ['?next=/%5Celsewhere.example', '/'],
  ['?next=/sign-in?next=/', '/'],
])('after signing in, %j leads to %j', (search, path) => {
  expect(nextPath(search)).toBe(path);
});

test('what is wrong stands at its field, in our words', () => {
  expect(fieldErrors(new RefusedError('handle-taken'))).toEqual({
    handle: t('account.handleTaken'),
  });
  expect(
    fieldErrors(new RefusedError('bad-request', { fields: { email: 'Invalid', extra: 'x' } })),
  ).toEqual({ email: t('account.badEmail') });
  expect(fieldErrors(new UnreachableError('offline'))).toEqual({});
});

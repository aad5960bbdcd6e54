import { expect, test } from 'vitest';
import { Subscription } from './subscription.ts';

const given = {
  endpoint: 'https://push.example/send/abc',
  keys: { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) },
};

test('a subscription is taken as the browser gives it', () => {
  expect(Subscription.parse(given)).toEqual(given);
});

test.each([
  ['an endpoint without TLS', { ...given, endpoint: 'http://push.example/send/abc' }],
  ['an endpoint that is no address', { ...given, endpoint: 'push.example' }],
  ['a key of the wrong length', { ...given, keys: { ...given.keys, p256dh: 'B'.repeat(86) } }],
  ['a secret in the wrong alphabet', { ...given, keys: { ...given.keys, auth: '+'.repeat(22) } }],
])('%s is refused', (_, subscription) => {
  expect(Subscription.safeParse(subscription).success).toBe(false);
});

import type { UserId } from '@skerry/protocol/ids.ts';
import { expect, test, vi } from 'vitest';
import { readLastUser, writeLastUser } from './lastUser.ts';

const ANN = {
  id: '018f0000-0000-7000-8000-000000000001' as UserId,
  handle: 'ann',
  email: 'ann@example.org',
  displayName: 'Ann',
  avatar: '200',
  about: '',
};

function createStorage(entries: Record<string, string> = {}): Storage {
  const map = new Map(Object.entries(entries));
  return {
    get length() {
      return map.size;
    },
    clear: () => {
      map.clear();
    },
    getItem: (key) => map.get(key) ?? null,
    key: (index) => [...map.keys()][index] ?? null,
    removeItem: (key) => {
      map.delete(key);
    },
    setItem: (key, value) => {
      map.set(key, value);
    },
  };
}

test('the last person is read as written, without what is not theirs to keep', () => {
  const storage = createStorage();
  writeLastUser({ ...ANN, ...{ token: 'secret' } }, storage);
  expect(readLastUser(storage)).toEqual(ANN);
  expect(storage.getItem('skerry:user')).not.toContain('secret');
});

test('a damaged entry is nobody', () => {
  for (const entry of ['{', '{}', 'null', '{"id":"ann"}']) {
    expect(readLastUser(createStorage({ 'skerry:user': entry }))).toBeUndefined();
  }
});

test('storage that may not even be named is nobody', () => {
  vi.stubGlobal('localStorage', undefined);
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    },
  });
  writeLastUser(ANN);
  expect(readLastUser()).toBeUndefined();
  vi.unstubAllGlobals();
});

import { expect, test } from 'vitest';
import type { MessageId, UserId } from '../ids.ts';
import { MAX_TEXT_BYTES } from '../limits.ts';
import {
  editedRecord,
  newMessageRecord,
  readMessageRecord,
  refuseMessageRecord,
  tombstoneOf,
  utf8Bytes,
} from './messageRecord.ts';

const ann = '0193a0d0-0000-7000-8000-00000000000a' as UserId;
const bo = '0193a0d0-0000-7000-8000-00000000000b' as UserId;
const other = '0193a0d0-0000-7000-8000-00000000000c' as MessageId;
const hello = newMessageRecord(ann, 1_000, 'hello');
const answer = { ...hello, replyTo: { id: other, by: bo, quote: 'what' } };
const blanked = { ...hello, replyTo: { id: other, by: bo, quote: '' } };

test('an author may post, edit and delete', () => {
  expect(refuseMessageRecord(hello, ann, undefined)).toBeUndefined();
  expect(refuseMessageRecord(editedRecord(hello, 'hi', 2_000), ann, hello)).toBeUndefined();
  expect(refuseMessageRecord(tombstoneOf(hello), ann, hello)).toBeUndefined();
});

test.each([
  ['somebody else as author', { ...hello, by: bo }, undefined, 'author'],
  ['an edit of another person’s words', { ...hello, by: ann }, { ...hello, by: bo }, 'author'],
  ['another writing time in an edit', { ...hello, at: 999 }, hello, 'author'],
  ['a reply added later', { ...hello, replyTo: { id: other, by: bo, quote: '' } }, hello, 'author'],
  ['a quote that the server took away since', answer, blanked, 'stale'],
  ['another quote', { ...answer, replyTo: { ...answer.replyTo, quote: 'x' } }, answer, 'author'],
  ['a quote taken away', blanked, answer, 'author'],
  ['no reply any more', hello, blanked, 'author'],
  [
    'a reply to another',
    answer,
    { ...blanked, replyTo: { id: other, by: ann, quote: '' } },
    'author',
  ],
  ['anything after the tombstone', hello, tombstoneOf(hello), 'deleted'],
  ['a field nobody knows', { ...hello, colour: 'red' }, undefined, 'client-too-new'],
  ['a text that is no text', { ...hello, text: 7 }, undefined, 'shape'],
  ['a text without words', { ...hello, text: '' }, undefined, 'shape'],
  ['a text of spaces', { ...hello, text: ' \n\u3000' }, undefined, 'shape'],
  ['an edit that leaves no words', { ...hello, text: '' }, hello, 'shape'],
  ['no words and no files', { ...hello, text: '', files: [] }, undefined, 'shape'],
  ['a time that is no time', { ...hello, at: Number.NaN }, undefined, 'shape'],
  ['a time before 1970', { ...hello, at: -1 }, undefined, 'shape'],
  ['a tombstone that still talks', { ...hello, deleted: true }, undefined, 'shape'],
  ['NUL, which PostgreSQL cannot store', { ...hello, text: 'a\0b' }, undefined, 'shape'],
  ['an object with another prototype', JSON.parse('{"by":"x"}') as object, undefined, 'shape'],
  ['no object', 'hello', undefined, 'shape'],
  ['an array', [hello], undefined, 'shape'],
  ['21 mentions', { ...hello, mentions: Array.from({ length: 21 }, () => bo) }, undefined, 'shape'],
  [
    'a text over the limit',
    { ...hello, text: 'é'.repeat(MAX_TEXT_BYTES / 2 + 1) },
    undefined,
    'too-large',
  ],
  [
    'a quote over the limit',
    { ...hello, replyTo: { id: other, by: bo, quote: 'x'.repeat(121) } },
    undefined,
    'too-large',
  ],
  ['"also" outside a thread', { ...hello, also: 1 }, undefined, 'shape'],
] as const)('T8 T33 %s is refused as it should be', (_, value, previous, code) => {
  expect(refuseMessageRecord(value, ann, previous)).toBe(code);
});

test('T8 an object whose prototype was set by a __proto__ key is refused', () => {
  const value = Object.assign(Object.create({ admin: true }) as object, hello);
  expect(refuseMessageRecord(value, ann, undefined)).toBe('shape');
});

test('a text of exactly the limit is taken', () => {
  const text = 'x'.repeat(MAX_TEXT_BYTES);
  expect(refuseMessageRecord({ ...hello, text }, ann, undefined)).toBeUndefined();
});

test('a reader ignores fields of newer versions, and values that are no messages', () => {
  expect(readMessageRecord({ ...hello, colour: 'red' })).toEqual(hello);
  expect(readMessageRecord({ ...tombstoneOf(hello), colour: 'red' })).toEqual(tombstoneOf(hello));
  expect(readMessageRecord({ by: ann })).toBeUndefined();
  expect(readMessageRecord(null)).toBeUndefined();
});

test.each([
  ['', 0],
  ['plain', 5],
  ['é', 2],
  ['漢字', 6],
  ['😀', 4],
  // A lone surrogate is stored as U+FFFD.
  ['a\ud800b', 5],
])('%j has %i bytes in UTF-8', (text, bytes) => {
  expect(utf8Bytes(text)).toBe(bytes);
});

import { MessageId, UserId, type EpochMs } from '@skerry/protocol/ids.ts';
import { expect, test } from 'vitest';
import type { ListedMessage } from '../../../sync/views.ts';
import { countNewer, isLate, lastNumber, rowsOf, shownAt, type Look } from './rows.ts';

const MINUTE_MS = 60_000;
const MORNING = new Date(2026, 4, 18, 9, 0).getTime();
const NEXT_MORNING = new Date(2026, 4, 19, 9, 0).getTime();
const ANN = { id: personId(1), name: 'Ann', avatar: '10' };
const BO = { id: personId(2), name: 'Bo', avatar: '20' };

test('one author within five minutes is one group, another author or a longer pause ends it', () => {
  const rows = rowsOf(
    [
      arrived(1, ANN, MORNING),
      arrived(2, ANN, MORNING + 4 * MINUTE_MS),
      arrived(3, ANN, MORNING + 9 * MINUTE_MS),
      arrived(4, BO, MORNING + 10 * MINUTE_MS),
    ],
    undefined,
  );
  expect(rows.map(({ startsGroup }) => startsGroup)).toEqual([true, false, true, true]);
  expect(rows.map(({ endsGroup }) => endsGroup)).toEqual([false, true, true, true]);
});

test('a day rule stands above the first message that arrived on a day, never for an earlier day', () => {
  const behind = { ...unsent(ANN, MORNING), mine: true };
  const rows = rowsOf([arrived(1, ANN, MORNING), arrived(2, ANN, NEXT_MORNING), behind], undefined);
  expect(rows.map(({ day }) => day)).toEqual([
    new Date(2026, 4, 18).getTime(),
    new Date(2026, 4, 19).getTime(),
    undefined,
  ]);
  expect(rows[1]?.startsGroup).toBe(true);
});

test('two minutes between writing and arriving make a message late, a second less does not', () => {
  const late = { ...arrived(1, ANN, MORNING), arrivedAt: MORNING + 2 * MINUTE_MS };
  expect(isLate(late)).toBe(true);
  expect(isLate({ ...late, arrivedAt: late.arrivedAt - 1_000 })).toBe(false);
  expect(isLate(unsent(ANN, MORNING))).toBe(false);
  const rows = rowsOf([arrived(1, ANN, MORNING), { ...late, id: messageId(2) }], undefined);
  expect(rows[1]?.startsGroup).toBe(true);
});

test('a clock that is ahead shows the time of arrival', () => {
  const ahead = { ...arrived(1, BO, NEXT_MORNING), arrivedAt: MORNING };
  expect(shownAt(ahead)).toBe(MORNING);
  expect(isLate(ahead)).toBe(false);
});

test('the new-message line counts what I had not read when I began to look', () => {
  const messages = [
    arrived(1, BO, MORNING),
    { ...arrived(2, ANN, MORNING + MINUTE_MS), mine: true },
    arrived(3, BO, MORNING + 2 * MINUTE_MS),
    arrived(4, BO, MORNING + 3 * MINUTE_MS),
    arrived(5, BO, MORNING + 4 * MINUTE_MS),
  ];
  const counts = (look: Look | undefined) => rowsOf(messages, look).map(({ newCount }) => newCount);
  const none: (number | undefined)[] = messages.map(() => undefined);
  expect(counts({ mark: { number: 1 }, upTo: 4 })).toEqual(none.with(2, 2));
  // Not all is here yet that came before.
  expect(counts({ mark: { number: 1 }, upTo: undefined })).toEqual(none.with(2, 3));
  expect(counts({ mark: { number: 5, except: [4] }, upTo: 5 })).toEqual(none.with(3, 1));
  expect(counts({ mark: { number: 0 }, upTo: 5 })).toEqual(none);
  expect(counts(undefined)).toEqual(none);
  expect(rowsOf(messages, { mark: { number: 1 }, upTo: 4 })[2]?.newSince).toBe(
    MORNING + 2 * MINUTE_MS,
  );
});

test('B5 a writer’s clock that is 5 hours ahead or a day behind moves nothing and opens no line', () => {
  const HOUR_MS = 60 * MINUTE_MS;
  const ahead = { ...arrived(2, BO, MORNING + 5 * HOUR_MS), arrivedAt: MORNING };
  const behind = { ...arrived(3, BO, MORNING - 24 * HOUR_MS), arrivedAt: MORNING + MINUTE_MS };
  const rows = rowsOf(
    [arrived(1, ANN, MORNING - MINUTE_MS), ahead, behind, arrived(4, ANN, MORNING + 2 * MINUTE_MS)],
    { mark: { number: 1 }, upTo: 4 },
  );
  expect(rows.map(({ message }) => message.number)).toEqual([1, 2, 3, 4]);
  expect(rows.map((row) => row.shownAt)).toEqual([
    MORNING - MINUTE_MS,
    MORNING,
    MORNING - 24 * HOUR_MS,
    MORNING + 2 * MINUTE_MS,
  ]);
  expect(rows.map((row) => row.isLate)).toEqual([false, false, true, false]);
  expect(rows.flatMap(({ day }) => day ?? [])).toHaveLength(1);
  expect(rows[1]?.newCount).toBe(3);
});

test('where messages were let go a group ends, and mine without a number stand after it', () => {
  const messages = [arrived(1, BO, MORNING), arrived(2, BO, MORNING), arrived(9, BO, MORNING)];
  const after = (before: number | undefined, listed: ListedMessage[]) =>
    rowsOf(listed, undefined, before === undefined ? undefined : { before })
      .filter(({ isAfterHole }) => isAfterHole)
      .map(({ message, startsGroup }) => [message.number, startsGroup]);
  expect(after(undefined, messages)).toEqual([]);
  expect(after(9, messages)).toEqual([[9, true]]);
  // The first of the page after it is of a kind that is not shown, or there is none.
  expect(after(8, messages)).toEqual([[9, true]]);
  expect(after(20, [...messages, unsent(ANN, MORNING)])).toEqual([[undefined, true]]);
  expect(after(20, messages)).toEqual([]);
});

test('B4 late is news only among what is new', () => {
  const late = { ...arrived(2, BO, MORNING), arrivedAt: MORNING + 60 * MINUTE_MS };
  const rows = rowsOf([arrived(1, BO, MORNING), late, arrived(3, BO, MORNING)], {
    mark: { number: 3, except: [1, 3] },
    upTo: 3,
  });
  expect(rows.map(({ isNew, isLate: is }) => [isNew, is])).toEqual([
    [true, false],
    [false, true],
    [true, false],
  ]);
});

test('what is newer than an arrival number counts others only', () => {
  const messages = [
    arrived(1, BO, MORNING),
    arrived(2, BO, MORNING),
    { ...arrived(3, ANN, MORNING), mine: true },
    unsent(ANN, MORNING),
  ];
  expect(lastNumber(messages)).toBe(3);
  expect(countNewer(messages, 1)).toBe(1);
  expect(lastNumber([])).toBe(0);
});

function arrived(number: number, author: ListedMessage['author'], at: EpochMs): ListedMessage {
  return {
    id: messageId(number),
    author,
    mine: false,
    at,
    arrivedAt: at,
    number,
    content: { kind: 'text', text: `message ${number}`, edited: false },
    delivery: undefined,
  };
}

function unsent(author: ListedMessage['author'], at: EpochMs): ListedMessage {
  return {
    ...arrived(99, author, at),
    mine: true,
    number: undefined,
    arrivedAt: undefined,
    delivery: { state: 'onDevice' },
  };
}

function messageId(n: number): MessageId {
  return MessageId.parse(`01890000-0000-7000-8000-${String(n).padStart(12, '0')}`);
}

function personId(n: number): UserId {
  return UserId.parse(`01890000-0000-7000-9000-${String(n).padStart(12, '0')}`);
}

import type { ReadMark } from '@skerry/protocol/user/readMark.ts';
import { expect, test } from 'vitest';
import { createManualTimers } from '../../../../test/sync/manualTimers.ts';
import { createReader } from './reader.ts';

const FROM: ReadMark = { number: 3 };

function open() {
  const timers = createManualTimers();
  const marks: [number, ReadMark][] = [];
  const readUpTo = (number: number, look: ReadMark): Promise<void> => {
    marks.push([number, look]);
    return Promise.resolve();
  };
  const reader = createReader({ readUpTo }, timers);
  return { timers, marks, reader };
}

test('what is on screen for a second is read, once', () => {
  const { timers, marks, reader } = open();
  reader.begin(FROM);
  reader.setVisible(true);
  for (const number of [5, 7, 6]) reader.see(number);
  expect(marks).toEqual([]);
  timers.pass(1_000);
  reader.see(7);
  timers.pass(5_000);
  expect(marks).toEqual([[7, FROM]]);
});

test('in a hidden tab nothing is read before somebody looks again', () => {
  const { timers, marks, reader } = open();
  reader.begin(FROM);
  reader.see(9);
  timers.pass(5_000);
  expect(marks).toEqual([]);
  reader.setVisible(true);
  timers.pass(1_000);
  expect(marks).toEqual([[9, FROM]]);
});

test('what was seen is kept when the room or the tab is left within the second', () => {
  const { marks, reader } = open();
  reader.begin(FROM);
  reader.setVisible(true);
  reader.see(4);
  reader.setVisible(false);
  expect(marks).toEqual([[4, FROM]]);
});

test('B15 what I marked unread stays so until I look again', () => {
  const { timers, marks, reader } = open();
  reader.begin(FROM);
  reader.setVisible(true);
  reader.see(9);
  reader.pause();
  reader.see(10);
  timers.pass(5_000);
  reader.setVisible(false);
  expect(marks).toEqual([]);
  const again: ReadMark = { number: 9, except: [8] };
  reader.setVisible(true);
  reader.begin(again);
  timers.pass(1_000);
  expect(marks).toEqual([[10, again]]);
});

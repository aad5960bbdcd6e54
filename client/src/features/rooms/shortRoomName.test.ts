import { expect, test } from 'vitest';
import { shortRoomName } from './shortRoomName.ts';

test.each([
  ['General', 'ge'],
  ['north-shore', 'ns'],
  ['Gauge data 2026', 'gd'],
  ['林', '林'],
  ['🪨🌊', '🪨🌊'],
  ['---', ''],
])('%s is %s on the rail', (name, short) => {
  expect(shortRoomName(name)).toBe(short);
});

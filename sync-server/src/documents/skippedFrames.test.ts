import { expect, test } from 'vitest';
import { SkippedFrames } from './skippedFrames.ts';

test('D5 T5 a skipped frame leaves writers writers and readers readers', () => {
  const frames = new SkippedFrames();
  for (const readOnly of [true, false]) {
    const connection = { readOnly };
    frames.skip(connection);
    frames.skip(connection);
    expect(connection.readOnly).toBe(true);
    frames.restore(connection);
    frames.restore(connection);
    expect(connection.readOnly).toBe(readOnly);
  }
});

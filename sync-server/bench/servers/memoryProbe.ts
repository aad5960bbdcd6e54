// Loaded before a measured server (`node --expose-gc --import`): answers "memory" on the channel to its parent.
import { setTimeout as after } from 'node:timers/promises';

/** Finalizers free more between two collections. */
const COLLECTIONS = 3;

process.on('message', (message) => {
  if (message === 'memory') void answer();
});
// The channel alone must not keep a server alive that has stopped.
process.channel?.unref();

async function answer(): Promise<void> {
  for (let i = 0; i < COLLECTIONS; i++) {
    globalThis.gc?.();
    await after(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({ usedBytes: heapUsed + external, residentBytes: rss });
}

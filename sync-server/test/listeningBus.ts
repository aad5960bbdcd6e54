import { ALONE, type Bus } from '../src/platform/bus/bus.ts';
import type { NodeMessage } from '../src/platform/bus/nodeMessage.ts';

/** A bus to nobody: what would be told to other processes is in `told`. */
export function listeningBus(told: NodeMessage[]): Bus {
  return {
    ...ALONE,
    reach: 'polled',
    publish: (message) => {
      told.push(message);
    },
  };
}

import type { NodeMessage } from './nodeMessage.ts';

export interface BusListener {
  hear: (message: NodeMessage) => void;
  /** Others may have said something that was not heard: look for yourself. */
  missed: () => void;
}

/** News between the processes on one database. It makes them quick; what makes them right is in the database. */
export interface Bus {
  /**
   * How soon news gets through: `instant`, `polled` (about a second), `cut-off` (not at all now), or `alone`:
   * there is nobody to tell.
   */
  readonly reach: 'instant' | 'polled' | 'cut-off' | 'alone';
  /** Tells all other processes. Never waits, never throws; whoever could not hear it is told that they missed something. */
  publish: (message: NodeMessage) => void;
  /** Returns its undo. */
  subscribe: (listener: BusListener) => () => void;
  close: () => Promise<void>;
}

/** For the only process there is. */
export const ALONE: Bus = {
  reach: 'alone',
  publish: () => undefined,
  subscribe: () => () => undefined,
  close: () => Promise.resolve(),
};

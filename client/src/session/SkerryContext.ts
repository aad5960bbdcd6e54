import type { Skerry } from '../sync/views.ts';
import { useOpenSession } from './SessionContext.ts';

/** Everything the signed-in person has on this device. */
export function useSkerry(): Skerry {
  return useOpenSession().skerry;
}

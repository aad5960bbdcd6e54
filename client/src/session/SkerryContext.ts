import { createContext, useContext } from 'react';
import type { Skerry } from '../sync/views.ts';

export const SkerryContext = createContext<Skerry | undefined>(undefined);

/** Everything the signed-in person has on this device. */
export function useSkerry(): Skerry {
  const skerry = useContext(SkerryContext);
  if (skerry === undefined) throw new Error('a screen of a signed-in person is shown to nobody');
  return skerry;
}

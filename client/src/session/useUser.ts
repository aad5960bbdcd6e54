import type { LastUser } from './lastUser.ts';
import { useOpenSession } from './SessionContext.ts';

/** The signed-in person. */
export function useUser(): LastUser {
  return useOpenSession().user;
}

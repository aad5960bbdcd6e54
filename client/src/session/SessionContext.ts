import { createContext, useContext } from 'react';
import type { Session, SessionState } from './session.ts';
import { useReadable } from './useReadable.ts';

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('no session stands above this component');
  return session;
}

/** The open session, for the screens of a signed-in person. */
export function useOpenSession(): SessionState & { kind: 'open' } {
  const state = useReadable(useSession().state);
  if (state.kind !== 'open') throw new Error('a screen of a signed-in person is shown to nobody');
  return state;
}

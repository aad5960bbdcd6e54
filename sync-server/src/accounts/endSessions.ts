import type { AccessPort } from '../memberships/accessPort.ts';
import type { SessionReader } from './sessionReader.ts';

/** Makes the end of sessions that are no longer in the database felt at once, open sockets included. */
export type EndSessions = (sessionIds: readonly string[]) => void;

export function createEndSessions(deps: {
  reader: Pick<SessionReader, 'forget'>;
  access: Pick<AccessPort, 'endSessions'>;
}): EndSessions {
  return (sessionIds) => {
    if (sessionIds.length === 0) return;
    deps.reader.forget({ sessionIds });
    deps.access.endSessions(sessionIds);
  };
}

import { isMessageId } from '@skerry/protocol/ids.ts';
import { useEffect } from 'react';
import { useReadable } from '../../../session/useReadable.ts';
import type { OpenRoom } from '../../../sync/views.ts';

/** Has the message that a link names brought into the list, for as long as the link stands. */
export function useSought(room: Pick<OpenRoom, 'seek' | 'seeking'>, linkedId: string): void {
  useEffect(() => (isMessageId(linkedId) ? room.seek(linkedId) : undefined), [room, linkedId]);
  // Drawn anew when it ends: what is on screen then is what is read.
  useReadable(room.seeking);
}

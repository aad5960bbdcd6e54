import { isMessageId } from '@skerry/protocol/ids.ts';
import { useEffect, useRef } from 'react';
import { useReadable } from '../../../session/useReadable.ts';
import type { OpenRoom } from '../../../sync/views.ts';

/** Has the message that a link names brought into the list while the link stands; returns how to end that sooner. */
export function useSought(room: Pick<OpenRoom, 'seek' | 'seeking'>, linkedId: string): () => void {
  const end = useRef<() => void>(undefined);
  useEffect(() => {
    if (!isMessageId(linkedId)) return;
    end.current = room.seek(linkedId);
    return end.current;
  }, [room, linkedId]);
  // Drawn anew when it ends: what is on screen then is what is read.
  useReadable(room.seeking);
  return () => {
    end.current?.();
  };
}

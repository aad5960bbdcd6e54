import type { RoomId } from '@skerry/protocol/ids.ts';
import type { OpenRoom, Readable, Skerry } from '../../sync/views.ts';

/** The room while somebody looks: opened for the first listener, closed after the last. */
export function createRoomHolder(
  skerry: Pick<Skerry, 'openRoom'>,
  id: RoomId,
): Readable<OpenRoom | undefined> {
  let listeners = 0;
  let open: OpenRoom | undefined;
  return {
    get: () => open,
    subscribe: (listener) => {
      listeners += 1;
      if (open === undefined) {
        open = skerry.openRoom(id);
        listener();
      }
      return () => {
        listeners -= 1;
        if (listeners > 0) return;
        open?.close();
        open = undefined;
      };
    },
  };
}

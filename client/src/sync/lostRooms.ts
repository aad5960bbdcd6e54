import { parseDocumentName } from '@skerry/protocol/documentName.ts';
import type { RoomId, UserId } from '@skerry/protocol/ids.ts';
import { REFUSALS, type RefusalCode } from '@skerry/protocol/refusals.ts';
import type { RoomListEntry } from '@skerry/protocol/user/userDoc.ts';
import { deleteStoredDocuments } from './deviceData.ts';
import type { Documents } from './documents.ts';
import type { Timers } from './heartbeat.ts';
import type { Outbox } from './outbox.ts';
import { leaveMissingPage, refuseAccount, refuseRoom } from './tray.ts';
import type { Readable } from './views.ts';

export interface LostRoomsDeps {
  me: UserId;
  outbox: Outbox;
  documents: Pick<Documents, 'isOpen'>;
  roomList: Pick<Readable<ReadonlyMap<RoomId, RoomListEntry>>, 'get'>;
  timers: Timers;
}

/** What becomes of my words and of this device's copies when I am in a room no more. */
export interface LostRooms {
  /** Losing a room or the account sets its unsent words aside; other rooms go on. */
  setAside: (documentName: string, code: RefusalCode) => Promise<void>;
  /** Rooms that I lost leave this device, but for my own words. */
  forget: () => Promise<void>;
}

export function createLostRooms(deps: LostRoomsDeps): LostRooms {
  const { me, outbox, documents, roomList, timers } = deps;
  return {
    setAside: async (name, code) => {
      const { scope, retry } = REFUSALS[code];
      const document = parseDocumentName(name);
      if (code === 'not-found' && document?.kind === 'page') {
        const head = roomList.get().get(document.roomId)?.head;
        const isMeant = outbox.rows.get().outbox.some((row) => row.target.document === name);
        if (head !== undefined && isMeant)
          await outbox.change(leaveMissingPage(name, head, timers.now()));
      }
      if (retry !== 'never') return;
      if (scope === 'account') await outbox.change(refuseAccount(code, timers.now()));
      else if (scope === 'room' && document !== undefined && document.kind !== 'user') {
        await outbox.change(refuseRoom(document.roomId, code, timers.now()));
      }
    },
    forget: async () => {
      const kept = new Set(roomList.get().keys());
      await deleteStoredDocuments(me, (name) => {
        const document = parseDocumentName(name);
        const isMine = document === undefined || document.kind === 'user';
        return !isMine && !kept.has(document.roomId) && !documents.isOpen(name);
      }).catch(() => undefined); // the next start tries again
    },
  };
}

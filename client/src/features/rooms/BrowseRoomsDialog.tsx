import type { RoomView } from '@skerry/protocol/api/rooms.ts';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { RefusedError } from '../../api/refusedError.ts';
import { joinRoom } from '../../api/rooms.ts';
import { refusalText } from '../../text/refusalText.ts';
import { t } from '../../text/text.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { BrowseList } from './BrowseList.tsx';
import { FilterField } from './FilterField.tsx';

/** Rooms that are not on this device: asked of the server, so they need a connection. */
export function BrowseRoomsDialog({ onClose }: { onClose: () => void }) {
  const [filter, setFilter] = useState('');
  const [error, setError] = useState('');
  const [, navigate] = useLocation();

  async function open(room: RoomView): Promise<void> {
    setError('');
    try {
      if (!room.joined) await joinRoom(room.id);
      onClose();
      navigate(`/room/${room.id}`);
    } catch (reason) {
      setError(
        reason instanceof RefusedError
          ? `${t('conversation.refused')}: ${refusalText(reason.code)}`
          : t('rooms.browse.offline.title'),
      );
    }
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('rooms.browse')}
      description={t('rooms.browse.description')}
    >
      <FilterField label={t('rooms.browse.filter')} value={filter} onChange={setFilter} />
      {error !== '' && (
        <p role="alert" className="pt-2 text-secondary text-danger">
          {error}
        </p>
      )}
      <BrowseList
        filter={filter}
        onOpen={(room) => {
          void open(room);
        }}
      />
    </Dialog>
  );
}

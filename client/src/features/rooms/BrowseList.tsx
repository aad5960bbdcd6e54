import type { RoomView } from '@skerry/protocol/api/rooms.ts';
import { UnreachableError } from '../../api/refusedError.ts';
import { roomsResource } from '../../api/rooms.ts';
import { useResource } from '../../api/useResource.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { BrowseRow } from './BrowseRow.tsx';
import { matches } from './filterRooms.ts';

interface BrowseListProps {
  filter: string;
  onOpen: (room: RoomView) => void;
}

export function BrowseList({ filter, onOpen }: BrowseListProps) {
  const { value, error } = useResource(roomsResource);
  if (value === undefined) return error === undefined ? <Skeleton rows={4} /> : renderError(error);
  if (value.length === 0) {
    return <EmptyState title={t('rooms.browse.none.title')} text={t('rooms.browse.none.text')} />;
  }
  const found = value.filter(({ name, topic }) => matches(`${name} ${topic}`, filter));
  if (found.length === 0) {
    return (
      <EmptyState
        title={t('rooms.browse.noMatch.title')}
        text={t('rooms.browse.noMatch.text', { filter })}
      />
    );
  }
  return (
    <ul aria-label={t('rooms.browse.list')} className="mt-2">
      {found.map((room) => (
        <BrowseRow
          key={room.id}
          room={room}
          onOpen={() => {
            onOpen(room);
          }}
        />
      ))}
    </ul>
  );
}

function renderError(error: Error) {
  const isOffline = error instanceof UnreachableError;
  return (
    <EmptyState
      title={t(isOffline ? 'rooms.browse.offline.title' : 'rooms.browse.failed.title')}
      text={t('rooms.browse.offline.text')}
      action={
        <Button
          onClick={() => {
            void roomsResource.refresh();
          }}
        >
          {t('rooms.browse.failed.again')}
        </Button>
      }
    />
  );
}

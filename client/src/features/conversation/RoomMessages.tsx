import { useSkerry } from '../../session/SkerryContext.ts';
import { useReadable } from '../../session/useReadable.ts';
import type { ListedMessage, OpenRoom } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ArrivalAnnouncer } from './ArrivalAnnouncer.tsx';
import { MessageList } from './list/MessageList.tsx';
import { lastNumber, rowsOf } from './list/rows.ts';
import { useLook } from './list/useLook.ts';
import type { MessageAct } from './message/messageActs.ts';
import { useToday } from './useToday.ts';

interface RoomMessagesProps {
  room: OpenRoom;
  onAct: (act: MessageAct, message: ListedMessage) => void;
  onPost: (text: string) => void;
}

/** The messages of a room that is on this device. */
export function RoomMessages({ room, onAct, onPost }: RoomMessagesProps) {
  const { userId } = useSkerry();
  const messages = useReadable(room.messages);
  const look = useLook(userId, room.id, lastNumber(messages));
  const today = useToday();
  return (
    <>
      <ArrivalAnnouncer messages={messages} />
      {messages.length === 0 ? (
        <EmptyState
          title={t('conversation.empty.title')}
          text={t('conversation.empty.text')}
          action={
            <Button
              onClick={() => {
                onPost(t('conversation.empty.first'));
              }}
            >
              {t('conversation.empty.suggest')}
            </Button>
          }
        />
      ) : (
        <MessageList
          room={room}
          messages={messages}
          rows={rowsOf(messages, look)}
          look={look}
          now={today}
          onAct={onAct}
        />
      )}
    </>
  );
}

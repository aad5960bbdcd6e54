import { useReadable } from '../../session/useReadable.ts';
import type { ListedMessage, OpenRoom } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ArrivalAnnouncer } from './ArrivalAnnouncer.tsx';
import { MessageList } from './list/MessageList.tsx';
import { lastNumber, rowsOf } from './list/rows.ts';
import { useReading } from './list/useReading.ts';
import type { MessageAct } from './message/messageActs.ts';
import { useToday } from '../../session/useToday.ts';

interface RoomMessagesProps {
  room: OpenRoom;
  onAct: (act: MessageAct, message: ListedMessage) => void;
  onPost: (text: string) => void;
}

/** The messages of a room that is on this device. */
export function RoomMessages({ room, onAct, onPost }: RoomMessagesProps) {
  const messages = useReadable(room.messages);
  const hole = useReadable(room.hole);
  const reading = useReading(room, lastNumber(messages));
  const today = useToday();

  function handleAct(act: MessageAct, message: ListedMessage): void {
    if (act === 'markUnread') reading.pause();
    onAct(act, message);
  }

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
          rows={rowsOf(messages, reading.look, hole)}
          hole={hole}
          now={today}
          onSee={reading.see}
          onAct={handleAct}
        />
      )}
    </>
  );
}

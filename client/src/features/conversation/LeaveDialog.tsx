import type { RoomId } from '@skerry/protocol/ids.ts';
import { useLocation } from 'wouter';
import { RefusedError } from '../../api/refusedError.ts';
import { leaveRoom } from '../../api/rooms.ts';
import { refusalText } from '../../text/refusalText.ts';
import { t } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';

interface LeaveDialogProps {
  roomId: RoomId;
  roomName: string;
  onClose: () => void;
  /** With the reason, in words. */
  onFailed: (reason: string) => void;
}

export function LeaveDialog({ roomId, roomName, onClose, onFailed }: LeaveDialogProps) {
  const [, navigate] = useLocation();

  async function leave(): Promise<void> {
    onClose();
    try {
      await leaveRoom(roomId);
      navigate('/');
    } catch (error) {
      onFailed(
        error instanceof RefusedError
          ? `${t('conversation.leave.failed')}: ${refusalText(error.code)}`
          : t('conversation.leave.offline'),
      );
    }
  }

  return (
    <ConfirmDialog
      title={t('conversation.leave.title', { room: roomName })}
      text={t('conversation.leave.text')}
      confirm={t('conversation.leave')}
      danger
      onCancel={onClose}
      onConfirm={() => {
        void leave();
      }}
    />
  );
}

import { lazy, Suspense, useState } from 'react';
import { useReadable } from '../../session/useReadable.ts';
import { useSkerry } from '../../session/SkerryContext.ts';
import type { OpenRoom } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { RoomFoot } from './RoomFoot.tsx';
import { RoomHeader } from './RoomHeader.tsx';
import { RoomMessages } from './RoomMessages.tsx';
import { RoomState } from './RoomState.tsx';
import { useMessageActs } from './useMessageActs.ts';
import { useNotice } from './useNotice.ts';

const LeaveDialog = lazy(async () => {
  const { LeaveDialog: dialog } = await import('./LeaveDialog.tsx');
  return { default: dialog };
});

/** An open room from top to bottom: header, messages, composer. */
export function RoomScreen({ room }: { room: OpenRoom }) {
  const skerry = useSkerry();
  const status = useReadable(room.status);
  const meta = useReadable(room.meta);
  const here = useReadable(room.here);
  const listed = useReadable(skerry.rooms)?.find(({ id }) => id === room.id);
  const [isLeaving, setIsLeaving] = useState(false);
  const { notice, show } = useNotice();
  const acts = useMessageActs(room, show);
  const name = meta?.name ?? listed?.name ?? t('conversation.unnamed');
  const mayLeave = listed !== undefined && listed.kind !== 'direct';

  function handleFirstPost(text: string): void {
    room.post(text).catch(() => {
      show(t('composer.notKept'));
    });
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <RoomHeader
        name={name}
        topic={meta?.topic ?? ''}
        here={here}
        onCopyLink={status === 'forbidden' ? undefined : acts.copyRoomLink}
        onLeave={
          mayLeave
            ? () => {
                setIsLeaving(true);
              }
            : undefined
        }
      />
      {status === 'ready' ? (
        <RoomMessages room={room} onAct={acts.act} onPost={handleFirstPost} />
      ) : (
        <RoomState status={status} />
      )}
      {status !== 'forbidden' && (
        <RoomFoot
          room={room}
          roomName={name}
          role={listed?.role}
          notice={notice}
          asking={listed?.asking ?? 0}
          onFailed={() => {
            show(t('conversation.actFailed'));
          }}
          editing={acts.editing}
          onSaveEdit={acts.saveEdit}
          onEndEdit={acts.endEdit}
          onEditLast={acts.editLast}
        />
      )}
      {acts.deleting !== undefined && (
        <ConfirmDialog
          title={t('conversation.delete.title')}
          text={t('conversation.delete.text')}
          confirm={t('conversation.delete')}
          danger
          onConfirm={acts.confirmDelete}
          onCancel={acts.cancelDelete}
        />
      )}
      {isLeaving && (
        <Suspense>
          <LeaveDialog
            roomId={room.id}
            roomName={name}
            onFailed={show}
            onClose={() => {
              setIsLeaving(false);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

import type { RoomMeta, RoomRole } from '@skerry/protocol/room/roomDoc.ts';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useReadable } from '../../session/useReadable.ts';
import { useUser } from '../../session/useUser.ts';
import type { OpenRoom } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { ClosedNote } from './composer/ClosedNote.tsx';
import { Composer } from './composer/Composer.tsx';
import { TypingRow } from './composer/TypingRow.tsx';

const BecamePublic = lazy(async () => {
  const { BecamePublic: question } = await import('../../session/BecamePublic.tsx');
  return { default: question };
});
const EditComposer = lazy(async () => {
  const { EditComposer: composer } = await import('./composer/EditComposer.tsx');
  return { default: composer };
});

interface RoomFootProps {
  room: OpenRoom;
  roomName: string;
  role: RoomRole | undefined;
  notice: string;
  /** Messages that wait for consent. */
  asking: number;
  onFailed: () => void;
  editing: { id: string; text: string } | undefined;
  onSaveEdit: (text: string) => Promise<void>;
  onEndEdit: () => void;
  onEditLast: () => void;
}

/** Who is typing, and the place to write. */
export function RoomFoot(props: RoomFootProps) {
  const { room, roomName, role, notice, asking, onFailed } = props;
  const { editing, onSaveEdit, onEndEdit, onEditLast } = props;
  const typing = useReadable(room.typing);
  const meta = useReadable(room.meta);
  const { id, displayName, avatar } = useUser();
  const closed = closedText(meta, role);
  const field = useRef<HTMLTextAreaElement>(null);
  const note = useRef<HTMLParagraphElement>(null);
  const isEditing = editing !== undefined;
  const [wasEditing, setWasEditing] = useState(isEditing);
  const [ends, setEnds] = useState(0);
  if (wasEditing !== isEditing) {
    setWasEditing(isEditing);
    if (wasEditing) setEnds(ends + 1);
  }

  // An answer or an edit has ended, and what had the focus is gone with it.
  useEffect(() => {
    if (ends > 0) (field.current ?? note.current)?.focus();
  }, [ends]);

  return (
    <>
      <TypingRow people={typing} notice={notice} />
      {asking > 0 && (
        <div className="mx-auto w-full max-w-215 shrink-0 px-4 pb-2 max-tablet:px-3">
          <Suspense>
            <BecamePublic
              roomId={room.id}
              count={asking}
              onAnswered={() => {
                setEnds(ends + 1);
              }}
              onFailed={onFailed}
            />
          </Suspense>
        </div>
      )}
      {editing !== undefined ? (
        <Suspense>
          <EditComposer
            key={editing.id}
            text={editing.text}
            onSave={onSaveEdit}
            onCancel={onEndEdit}
          />
        </Suspense>
      ) : closed !== undefined ? (
        <ClosedNote text={closed} ref={note} />
      ) : (
        <Composer
          room={room}
          roomName={roomName}
          me={{ id, name: displayName, avatar }}
          onEditLast={onEditLast}
          field={field}
        />
      )}
    </>
  );
}

/** Why one cannot write here, if so. */
function closedText(meta: RoomMeta | undefined, role: RoomRole | undefined): string | undefined {
  if (meta?.archived === true) return t('composer.archived');
  const isModerator = role === 'owner' || role === 'moderator';
  return meta?.locked === true && !isModerator ? t('composer.locked') : undefined;
}

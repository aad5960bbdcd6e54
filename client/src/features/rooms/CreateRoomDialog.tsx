import { RoomName, RoomTopic } from '@skerry/protocol/api/rooms.ts';
import { useState, type SyntheticEvent } from 'react';
import { useLocation } from 'wouter';
import { RefusedError } from '../../api/refusedError.ts';
import { createRoom } from '../../api/rooms.ts';
import { useReadable } from '../../session/useReadable.ts';
import { useSkerry } from '../../session/SkerryContext.ts';
import { refusalText } from '../../text/refusalText.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { KindChoice } from './KindChoice.tsx';

interface Errors {
  name?: string;
  topic?: string;
  form?: string;
}

export function CreateRoomDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const [kind, setKind] = useState<'public' | 'private'>('public');
  const [errors, setErrors] = useState<Errors>({});
  const [isSending, setIsSending] = useState(false);
  const isOnline = useReadable(useSkerry().connection) === 'online';
  const [, navigate] = useLocation();

  async function create(): Promise<void> {
    const found = check(name, topic);
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    setIsSending(true);
    try {
      const room = await createRoom({ name: name.trim(), topic: topic.trim(), kind });
      onClose();
      navigate(`/room/${room.id}`);
    } catch (error) {
      setErrors(errorsOf(error));
      setIsSending(false);
    }
  }

  function handleSubmit(event: SyntheticEvent): void {
    event.preventDefault();
    if (!isSending) void create();
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('rooms.create')}
      description={t('rooms.create.description')}
    >
      <form noValidate onSubmit={handleSubmit} className="grid gap-4">
        <Field
          label={t('rooms.create.name')}
          hint={t('rooms.create.nameHint')}
          error={errors.name}
          value={name}
          autoComplete="off"
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <Field
          label={t('rooms.create.topic')}
          hint={t('rooms.create.topicHint')}
          error={errors.topic}
          value={topic}
          autoComplete="off"
          onChange={(event) => {
            setTopic(event.target.value);
          }}
        />
        <KindChoice value={kind} onChange={setKind} />
        {errors.form !== undefined && (
          <p role="alert" className="text-secondary text-danger">
            {errors.form}
          </p>
        )}
        <Button type="submit" kind="primary" disabled={!isOnline || isSending}>
          {t(isOnline ? 'rooms.create.submit' : 'rooms.create.offline')}
        </Button>
      </form>
    </Dialog>
  );
}

function check(name: string, topic: string): Errors {
  return {
    ...(!RoomName.safeParse(name).success && { name: t('rooms.create.badName') }),
    ...(!RoomTopic.safeParse(topic).success && { topic: t('rooms.create.badTopic') }),
  };
}

function errorsOf(error: unknown): Errors {
  if (!(error instanceof RefusedError)) return { form: t('rooms.create.offline') };
  if (error.code === 'room-name-taken') return { name: t('rooms.create.taken') };
  return { form: `${t('conversation.refused')}: ${refusalText(error.code)}` };
}

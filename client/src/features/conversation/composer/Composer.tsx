import { useState, type KeyboardEvent, type RefObject, type SyntheticEvent } from 'react';
import type { OpenRoom, Person } from '../../../sync/views.ts';
import { t } from '../../../text/text.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { BytesLeft } from './BytesLeft.tsx';
import { GrowingText } from './GrowingText.tsx';
import { SendButton } from './SendButton.tsx';
import { sendsOn } from './sendsOn.ts';
import { isSendable } from './textBudget.ts';
import { useDraft } from './useDraft.ts';
import { useTypingSignal } from './useTypingSignal.ts';

interface ComposerProps {
  room: Pick<OpenRoom, 'post' | 'loadDraft' | 'saveDraft' | 'setTyping'>;
  roomName: string;
  /** Undefined until the room's members are on this device. */
  me: Person | undefined;
  /** Arrow up in the empty field. */
  onEditLast: () => void;
  field: RefObject<HTMLTextAreaElement | null>;
}

/** Where a message is written. It waits for nothing but this device. */
export function Composer({ room, roomName, me, onEditLast, field }: ComposerProps) {
  const { text, change, take, forget } = useDraft(room);
  const [isNotKept, setIsNotKept] = useState(false);
  const typing = useTypingSignal(room.setTyping);

  async function post(words: string): Promise<void> {
    // The field empties at once; what could not be kept comes back into it.
    take();
    setIsNotKept(false);
    typing.stop();
    field.current?.focus();
    try {
      await room.post(words.trim());
      forget();
    } catch {
      const since = field.current?.value ?? '';
      change(since === '' ? words : `${words}\n${since}`);
      setIsNotKept(true);
    }
  }

  function handleSubmit(event: SyntheticEvent): void {
    event.preventDefault();
    if (isSendable(text)) void post(text);
  }

  function handleKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault();
      onEditLast();
      return;
    }
    const isCoarse = window.matchMedia('(pointer: coarse)').matches;
    if (sendsOn({ ...keyOf(event), isComposing: event.nativeEvent.isComposing }, isCoarse)) {
      handleSubmit(event);
    }
  }

  const label = t('composer.label', { room: roomName });
  return (
    <form
      onSubmit={handleSubmit}
      className="mx-auto w-full max-w-215 shrink-0 px-4 pt-0.5 pb-[max(12px,env(safe-area-inset-bottom))] max-tablet:px-2"
    >
      {isNotKept && (
        <p role="alert" className="px-1 pb-1 text-secondary text-danger">
          {t('composer.notKept')}
        </p>
      )}
      <div className="grid grid-cols-[32px_minmax(0,1fr)_auto] items-end gap-x-3.5 rounded-large border border-line-strong bg-surface-1 p-1.25 focus-within:border-accent max-tablet:gap-x-4 max-tablet:rounded-[24px]">
        <span className="grid h-9 place-items-center">
          {me !== undefined && <Avatar name={me.name} hue={me.avatar} size={32} />}
        </span>
        <GrowingText
          ref={field}
          value={text}
          aria-label={label}
          placeholder={label}
          enterKeyHint="enter"
          onChange={(event) => {
            change(event.target.value);
            if (event.target.value === '') typing.stop();
            else typing.touch();
          }}
          onKeyDown={handleKeyDown}
          onBlur={typing.stop}
        />
        <SendButton
          disabled={!isSendable(text)}
          // A press on the button leaves the keyboard of a phone where it is.
          onPointerDown={(event) => {
            event.preventDefault();
          }}
        />
      </div>
      <BytesLeft text={text} />
    </form>
  );
}

function keyOf({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent) {
  return { key, shiftKey, ctrlKey, metaKey };
}

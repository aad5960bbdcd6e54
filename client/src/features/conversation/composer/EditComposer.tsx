import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { BytesLeft } from './BytesLeft.tsx';
import { GrowingText } from './GrowingText.tsx';
import { sendsOn } from './sendsOn.ts';
import { isSendable } from './textBudget.ts';

interface EditComposerProps {
  /** The words as they are. */
  text: string;
  /** Resolves when the edit is on this device. */
  onSave: (text: string) => Promise<void>;
  onCancel: () => void;
}

/** Stands in the composer's place while an own message is changed. */
export function EditComposer({ text: before, onSave, onCancel }: EditComposerProps) {
  const [text, setText] = useState(before);
  const [isNotKept, setIsNotKept] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    // A frame later: the menu that led here holds the focus until it is gone.
    const frame = requestAnimationFrame(() => {
      const element = field.current;
      element?.focus();
      element?.setSelectionRange(element.value.length, element.value.length);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, []);

  async function save(): Promise<void> {
    if (!isSendable(text)) return;
    if (text.trim() === before) {
      onCancel();
      return;
    }
    await onSave(text.trim()).catch(() => {
      setIsNotKept(true);
    });
  }

  function handleKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    const { key, shiftKey, ctrlKey, metaKey } = event;
    const { isComposing } = event.nativeEvent;
    const isCoarse = window.matchMedia('(pointer: coarse)').matches;
    if (key === 'Escape' && !isComposing) {
      event.stopPropagation();
      onCancel();
    } else if (sendsOn({ key, shiftKey, ctrlKey, metaKey, isComposing }, isCoarse)) {
      event.preventDefault();
      void save();
    }
  }

  return (
    <div className="mx-auto w-full max-w-215 shrink-0 px-4 pt-0.5 pb-[max(12px,env(safe-area-inset-bottom))] max-tablet:px-2">
      <div className="rounded-large border border-accent bg-surface-1 p-1.25 ps-12.75 max-tablet:ps-13.25">
        <p className="pt-1 text-secondary font-semibold text-accent">{t('composer.editing')}</p>
        <GrowingText
          ref={field}
          value={text}
          aria-label={t('composer.editLabel')}
          onChange={(event) => {
            setText(event.target.value);
          }}
          onKeyDown={handleKeyDown}
        />
        {isNotKept && (
          <p role="alert" className="pb-1 text-secondary text-danger">
            {t('composer.notKept')}
          </p>
        )}
        <div className="flex items-center justify-end gap-1.5">
          <BytesLeft text={text} />
          <Button size="small" kind="plain" onClick={onCancel}>
            {t('composer.cancel')}
          </Button>
          <Button
            size="small"
            kind="primary"
            disabled={!isSendable(text)}
            onClick={() => {
              void save();
            }}
          >
            {t('composer.save')}
          </Button>
        </div>
      </div>
    </div>
  );
}

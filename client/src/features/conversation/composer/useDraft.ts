import { useEffect, useRef, useState } from 'react';
import type { OpenRoom } from '../../../sync/views.ts';

const SAVE_AFTER_MS = 400;

/** The words being written, kept on this device. A draft that loads late never replaces what was typed. */
export function useDraft(room: Pick<OpenRoom, 'loadDraft' | 'saveDraft'>) {
  const [text, setText] = useState('');
  const isTouched = useRef(false);
  const unsaved = useRef<{ text: string; timer: number }>(undefined);

  useEffect(() => {
    let isGone = false;
    const flush = () => {
      if (unsaved.current === undefined) return;
      window.clearTimeout(unsaved.current.timer);
      void room.saveDraft(unsaved.current.text).catch(ignore);
      unsaved.current = undefined;
    };
    room.loadDraft().then((draft) => {
      if (!isGone && !isTouched.current) setText(draft);
    }, ignore);
    window.addEventListener('pagehide', flush);
    return () => {
      isGone = true;
      window.removeEventListener('pagehide', flush);
      flush();
    };
  }, [room]);

  function change(next: string): void {
    isTouched.current = true;
    setText(next);
    window.clearTimeout(unsaved.current?.timer);
    const timer = window.setTimeout(() => {
      unsaved.current = undefined;
      void room.saveDraft(next).catch(ignore);
    }, SAVE_AFTER_MS);
    unsaved.current = { text: next, timer };
  }
  return { text, change };
}

/** A draft that cannot be kept is still on screen. */
function ignore(): void {
  return undefined;
}

import { useEffect, useRef, useState } from 'react';
import type { OpenRoom } from '../../../sync/views.ts';

const SAVE_AFTER_MS = 400;

/** The words being written, kept on this device. A draft that loads late never replaces what was typed. */
export function useDraft(room: Pick<OpenRoom, 'loadDraft' | 'saveDraft'>) {
  const [text, setText] = useState('');
  const isTouched = useRef(false);
  const latest = useRef('');
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
    latest.current = next;
    setText(next);
    window.clearTimeout(unsaved.current?.timer);
    const timer = window.setTimeout(() => {
      unsaved.current = undefined;
      void room.saveDraft(next).catch(ignore);
    }, SAVE_AFTER_MS);
    unsaved.current = { text: next, timer };
  }

  /** Empties the field. What was in it stays kept until `forget`: the browser may die in between. */
  function take(): void {
    isTouched.current = true;
    latest.current = '';
    setText('');
    if (unsaved.current === undefined) return;
    window.clearTimeout(unsaved.current.timer);
    void room.saveDraft(unsaved.current.text).catch(ignore);
    unsaved.current = undefined;
  }

  /** What was taken is kept elsewhere now; words typed since then stay the draft. */
  function forget(): void {
    if (latest.current === '') void room.saveDraft('').catch(ignore);
  }
  return { text, change, take, forget };
}

/** A draft that cannot be kept is still on screen. */
function ignore(): void {
  return undefined;
}

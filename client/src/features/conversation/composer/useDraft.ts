import { useCallback, useEffect, useRef, useState } from 'react';
import type { OpenRoom } from '../../../sync/views.ts';

/** A page may go without a word: what is written is kept at once, but not at each key. */
const SAVE_EVERY_MS = 300;

/** The words being written, kept on this device. A draft that loads late never replaces what was typed. */
export function useDraft(room: Pick<OpenRoom, 'loadDraft' | 'saveDraft'>) {
  const [text, setText] = useState('');
  const isTouched = useRef(false);
  const latest = useRef('');
  const savedAt = useRef(Number.NEGATIVE_INFINITY);
  const unsaved = useRef<{ text: string; timer: number }>(undefined);

  const save = useCallback(
    (words: string) => {
      savedAt.current = performance.now();
      void room.saveDraft(words).catch(ignore);
    },
    [room],
  );
  const flush = useCallback(() => {
    if (unsaved.current === undefined) return;
    window.clearTimeout(unsaved.current.timer);
    save(unsaved.current.text);
    unsaved.current = undefined;
  }, [save]);

  useEffect(() => {
    let isGone = false;
    room.loadDraft().then((draft) => {
      if (!isGone && !isTouched.current) setText(draft);
    }, ignore);
    window.addEventListener('pagehide', flush);
    return () => {
      isGone = true;
      window.removeEventListener('pagehide', flush);
      flush();
    };
  }, [room, flush]);

  function change(next: string): void {
    isTouched.current = true;
    latest.current = next;
    setText(next);
    if (unsaved.current !== undefined) {
      unsaved.current.text = next;
      return;
    }
    const waitMs = Math.max(0, savedAt.current + SAVE_EVERY_MS - performance.now());
    if (waitMs === 0) save(next);
    else unsaved.current = { text: next, timer: window.setTimeout(flush, waitMs) };
  }

  /** Empties the field. What was in it stays kept until `forget`: the browser may die in between. */
  function take(): void {
    isTouched.current = true;
    latest.current = '';
    setText('');
    flush();
  }

  /** What was taken is kept elsewhere now; words typed since then stay the draft. */
  function forget(): void {
    if (latest.current === '') save('');
  }
  return { text, change, take, forget };
}

/** A draft that cannot be kept is still on screen. */
function ignore(): void {
  return undefined;
}

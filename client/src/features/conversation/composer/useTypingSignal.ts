import { useEffect, useRef } from 'react';

/** After this long without a key nobody is typing any more. */
const IDLE_MS = 4_000;

/** Tells the room when I begin and stop typing. */
export function useTypingSignal(setTyping: (typing: boolean) => void) {
  const idle = useRef<number>(undefined);

  function stop(): void {
    if (idle.current === undefined) return;
    window.clearTimeout(idle.current);
    idle.current = undefined;
    setTyping(false);
  }

  function touch(): void {
    if (idle.current === undefined) setTyping(true);
    window.clearTimeout(idle.current);
    idle.current = window.setTimeout(stop, IDLE_MS);
  }

  useEffect(
    () => () => {
      if (idle.current !== undefined) window.clearTimeout(idle.current);
    },
    [],
  );
  return { touch, stop };
}

import { useRef, type PointerEvent } from 'react';

const LONG_PRESS_MS = 450;
/** A finger that moves further scrolls. */
const MAX_MOVE_PX = 10;

/** Handlers that tell of a finger resting on an element; mice and pens have the tools. */
export function useLongPress(onLongPress: () => void) {
  const press = useRef<{ timer: number; x: number; y: number }>(undefined);

  function cancel(): void {
    window.clearTimeout(press.current?.timer);
    press.current = undefined;
  }

  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.pointerType !== 'touch') return;
      cancel();
      const timer = window.setTimeout(onLongPress, LONG_PRESS_MS);
      press.current = { timer, x: event.clientX, y: event.clientY };
    },
    onPointerMove: (event: PointerEvent) => {
      if (press.current === undefined) return;
      const { x, y } = press.current;
      if (Math.hypot(event.clientX - x, event.clientY - y) > MAX_MOVE_PX) cancel();
    },
    onPointerUp: cancel,
    onPointerCancel: cancel,
  };
}

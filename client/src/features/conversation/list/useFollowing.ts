import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';

interface Followed {
  count: number;
  /** Id of the newest of my messages that has no number: what I write is where I look. */
  written: string;
  linkedId: string;
  /** Index of that message, or -1. */
  target: number;
}

/** Nearer to the end than this, the list follows what comes. */
const AT_END_PX = 48;
/** Rows are measured again for some frames after the window has changed. */
const RESIZING_MS = 300;

/**
 * Opens a list at its end, follows new rows while its end is in view, and else keeps its place.
 * Where a link names a message it goes there instead, once for each link.
 */
export function useFollowing(
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
  { count, written, linkedId, target }: Followed,
) {
  const follows = useRef(target === -1);
  const shownLink = useRef('');
  const lastOffset = useRef(0);
  const lastSize = useRef({ size: '', at: Number.NEGATIVE_INFINITY });
  const lastWritten = useRef(written);
  const movedAt = useRef(Number.NEGATIVE_INFINITY);
  const [isAtEnd, setIsAtEnd] = useState(target === -1);

  function scrollToEnd(): void {
    list.current?.scrollToIndex(count - 1, { align: 'end' });
  }

  useLayoutEffect(() => {
    if (target === -1 || shownLink.current === linkedId) return;
    shownLink.current = linkedId;
    follows.current = false;
    list.current?.scrollToIndex(target, { align: 'center' });
  }, [list, linkedId, target]);

  useLayoutEffect(() => {
    // Ids rise with time; what was written before may be the newest again, and that calls nobody.
    if (written > lastWritten.current) {
      follows.current = true;
      lastWritten.current = written;
    }
    if (follows.current) list.current?.scrollToIndex(count - 1, { align: 'end' });
  }, [list, count, written]);

  function isNearEnd(offset: number): boolean {
    const view = list.current;
    return view === null || view.scrollSize - offset - view.viewportSize < AT_END_PX;
  }

  /** Somebody turned the wheel or moved a finger: what scrolls now is not the layout. */
  function handleHand(): void {
    movedAt.current = performance.now();
  }

  /** The list has just got another size, so that what scrolls is the layout, nobody's hand. */
  function isResizing(): boolean {
    const { clientWidth, clientHeight } = scroller.current ?? { clientWidth: 0, clientHeight: 0 };
    const size = `${clientWidth} ${clientHeight}`;
    if (size !== lastSize.current.size) lastSize.current = { size, at: performance.now() };
    return performance.now() - lastSize.current.at < RESIZING_MS;
  }

  /** Only a scroll upwards leaves the end: rows that are being measured move it downwards. */
  function handleScroll(offset: number): void {
    const isUpwards = offset < lastOffset.current - 1;
    lastOffset.current = offset;
    const isLayout = isResizing() && performance.now() - movedAt.current > RESIZING_MS;
    if (isNearEnd(offset)) follows.current = true;
    else if (isUpwards && !isLayout) follows.current = false;
    setIsAtEnd(follows.current);
  }

  /** The window, the keyboard or a row changed its size; all of a short list may be in view now. */
  function handleResize(): void {
    isResizing();
    if (follows.current) scrollToEnd();
    else if (isNearEnd(lastOffset.current)) follows.current = true;
    setIsAtEnd(follows.current);
  }

  function jumpToEnd(): void {
    follows.current = true;
    setIsAtEnd(true);
    scrollToEnd();
  }

  function jumpTo(index: number): void {
    follows.current = false;
    list.current?.scrollToIndex(index, { align: 'start' });
  }

  return { isAtEnd, handleHand, handleScroll, handleResize, jumpToEnd, jumpTo };
}

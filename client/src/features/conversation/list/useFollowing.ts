import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';

interface Followed {
  count: number;
  /** Rises when I write: what I write is where I look. */
  ownPosts: number;
  linkedId: string;
  /** Index of that message, or -1. */
  target: number;
}

/** Nearer to the end than this, the list follows what comes. */
const AT_END_PX = 48;

/**
 * Opens a list at its end, follows new rows while its end is in view, and else keeps its place.
 * Where a link names a message it goes there instead, once for each link.
 */
export function useFollowing(
  list: RefObject<VirtualizerHandle | null>,
  { count, ownPosts, linkedId, target }: Followed,
) {
  const follows = useRef(target === -1);
  const shownLink = useRef('');
  const lastOffset = useRef(0);
  const lastOwnPosts = useRef(ownPosts);
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
    if (ownPosts > lastOwnPosts.current) follows.current = true;
    lastOwnPosts.current = ownPosts;
    if (follows.current) list.current?.scrollToIndex(count - 1, { align: 'end' });
  }, [list, count, ownPosts]);

  /** Only a scroll upwards leaves the end: rows that are being measured move it downwards. */
  function handleScroll(offset: number): void {
    const view = list.current;
    if (view === null) return;
    const isNear = view.scrollSize - offset - view.viewportSize < AT_END_PX;
    const isUpwards = offset < lastOffset.current - 1;
    lastOffset.current = offset;
    if (isNear) follows.current = true;
    else if (isUpwards) follows.current = false;
    setIsAtEnd(follows.current);
  }

  /** The window, the keyboard or a row changed its size. */
  function handleResize(): void {
    if (follows.current) scrollToEnd();
  }

  function jumpToEnd(): void {
    follows.current = true;
    setIsAtEnd(true);
    scrollToEnd();
  }

  return { isAtEnd, handleScroll, handleResize, jumpToEnd };
}

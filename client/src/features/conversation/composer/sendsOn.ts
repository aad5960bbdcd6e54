interface Key {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
}

/** Enter sends where there is a keyboard; with a coarse pointer it is a new line. Ctrl or Cmd always sends. */
export function sendsOn(event: Key, isCoarse: boolean): boolean {
  // Enter that chooses a word of an input method is not meant for us.
  if (event.key !== 'Enter' || event.isComposing) return false;
  return event.ctrlKey || event.metaKey || (!event.shiftKey && !isCoarse);
}

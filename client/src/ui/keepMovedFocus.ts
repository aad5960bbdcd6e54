/** For a menu or dialog that closes: focus goes back to its trigger only if nothing has taken it since. */
export function keepMovedFocus(event: Event): void {
  if (document.activeElement !== document.body) event.preventDefault();
}

/**
 * Keeps the page as high as what is visible: where the keyboard covers the page (iOS) instead of
 * shrinking it, the composer would lie under it.
 */
export function followViewport(): void {
  const { visualViewport } = window;
  if (visualViewport === null) return;
  const update = (): void => {
    // A person who zooms in looks at a part on purpose.
    if (visualViewport.scale !== 1) return;
    document.documentElement.style.setProperty('--app-height', `${visualViewport.height}px`);
    window.scrollTo(0, 0);
  };
  visualViewport.addEventListener('resize', update);
}

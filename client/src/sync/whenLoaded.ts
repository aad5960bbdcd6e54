/**
 * For what no room needs to open and what comes in a chunk of its own: calls wait until it is there. Where it
 * cannot be loaded they are dropped, and the next start tries again.
 */
export function whenLoaded<T>(loading: Promise<T>): (use: (loaded: T) => void) => void {
  return (use) => void loading.then(use, () => undefined);
}

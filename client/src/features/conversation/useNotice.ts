import { useState } from 'react';

const SHOWN_MS = 4_000;

/** A short word about what was just done, gone after a while. */
export function useNotice() {
  const [notice, setNotice] = useState('');
  function show(text: string): void {
    setNotice(text);
    window.setTimeout(() => {
      setNotice((shown) => (shown === text ? '' : shown));
    }, SHOWN_MS);
  }
  return { notice, show };
}

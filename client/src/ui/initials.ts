/** First letters of the first and the last word; one for scripts that write a name as one word. */
export function initialsOf(name: string, count: 1 | 2): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = firstLetter(words[0]);
  const last = count === 2 && words.length > 1 ? firstLetter(words.at(-1)) : '';
  return (first + last).toLocaleUpperCase();
}

function firstLetter(word = ''): string {
  // A letter with its marks, or an emoji of several code points, stays whole.
  const [letter] = new Intl.Segmenter().segment(word);
  return letter?.segment ?? '';
}

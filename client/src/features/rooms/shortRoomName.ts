import { initialsOf } from '../../ui/initials.ts';

const SEPARATORS = /[\s\-_/.]+/;

/** Two letters for the rail: of the first two words, or the first two of one word. */
export function shortRoomName(name: string): string {
  const [first = '', second] = name.split(SEPARATORS).filter((word) => word !== '');
  const letters =
    second === undefined ? firstTwoOf(first) : initialsOf(first, 1) + initialsOf(second, 1);
  return letters.toLocaleLowerCase();
}

function firstTwoOf(word: string): string {
  // What a reader sees as one letter stays whole.
  return Array.from(new Intl.Segmenter().segment(word), ({ segment }) => segment)
    .slice(0, 2)
    .join('');
}

import type { ArrivalNumber } from '@skerry/protocol/ids.ts';
import type { RoomPage } from './roomPage.ts';

/** Shown before the reader asks for more, and kept at the end of a room wherever its reader is. */
const FIRST_MESSAGES = 50;

/** Messages on screen; those without a number stand at the end. */
export interface OnScreen {
  first: ArrivalNumber;
  last: ArrivalNumber;
}

export const AT_END: OnScreen = { first: Infinity, last: Infinity };

/** Pages that follow each other without a hole, oldest first. */
export function runsOf(pages: readonly RoomPage[]): RoomPage[][] {
  const runs: RoomPage[][] = [];
  for (const page of pages) {
    const run = runs.at(-1);
    if (run?.at(-1)?.page === page.page - 1) run.push(page);
    else runs.push([page]);
  }
  return runs;
}

/** The page on which this number is, or would be. */
export function pageAt(pages: readonly RoomPage[], number: ArrivalNumber): RoomPage | undefined {
  return pages.findLast(({ span }) => span !== undefined && span.first <= number) ?? pages[0];
}

/** Enough messages to fill a screen? */
export function isLongEnough(run: readonly RoomPage[]): boolean {
  return run.reduce((sum, { span }) => sum + (span?.count ?? 0), 0) >= FIRST_MESSAGES;
}

/** Of more pages than may be kept, those that are furthest from the screen; never the room's end. */
export function farFrom(
  pages: readonly RoomPage[],
  { first, last }: OnScreen,
  maxKept: number,
): RoomPage[] {
  const [from, to] = [pageAt(pages, first)?.page ?? 0, pageAt(pages, last)?.page ?? 0];
  const distance = ({ page }: RoomPage): number => Math.max(from - page, page - to, 0);
  let end = pages.length - 1;
  while (end > 0 && !isLongEnough(pages.slice(end))) end -= 1;
  return pages
    .slice(0, end)
    .filter((page) => distance(page) > 1)
    .sort((a, b) => distance(b) - distance(a))
    .slice(0, Math.max(0, pages.length - maxKept));
}

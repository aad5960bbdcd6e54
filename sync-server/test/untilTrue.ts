const DEADLINE_MS = 15_000;
const POLL_MS = 10;

/** Waits for a condition; throws with its name when it does not come true before the deadline. */
export async function untilTrue(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not in ${deadlineMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

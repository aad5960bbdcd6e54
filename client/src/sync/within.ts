/** False when it takes longer than the limit. */
export async function within(limitMs: number, done: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, limitMs);
  });
  try {
    return await Promise.race([done.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}

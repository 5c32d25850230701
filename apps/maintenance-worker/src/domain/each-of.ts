/** Does something to each, a few at a time; waits for those under way, then rejects with the first failure. */
export async function eachOf<T>(
  items: Iterable<T>,
  atOnce: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  let failed = false;
  const line = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true && !failed; next = rest.next())
      await act(next.value).catch((error: unknown) => {
        failed = true;
        throw error;
      });
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, line));
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
}

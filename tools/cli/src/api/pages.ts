interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** Follows cursors until there are `most` rows or no more. */
export async function allPages<T>(
  read: (query: string) => Promise<Page<T>>,
  most = Number.POSITIVE_INFINITY,
  pageSize = 1_000,
): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = '';
  while (cursor !== null && rows.length < most) {
    const limit = `limit=${Math.min(pageSize, most - rows.length)}`;
    const answer: Page<T> = await read(
      cursor === '' ? limit : `${limit}&cursor=${encodeURIComponent(cursor)}`,
    );
    rows.push(...answer.data);
    cursor = answer.next_cursor;
  }
  return rows;
}

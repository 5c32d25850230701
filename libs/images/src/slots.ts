/** At most `most` holders at a time; the others wait in line. */
export interface Slots {
  run<T>(act: () => Promise<T>): Promise<T>;
}

export function createSlots(most: number): Slots {
  let taken = 0;
  const line: (() => void)[] = [];
  const take = async (): Promise<void> => {
    if (taken < most) taken += 1;
    else await new Promise<void>((resolve) => line.push(resolve));
  };
  // a slot that is given back goes straight to the next in line
  const giveBack = (): void => {
    const next = line.shift();
    if (next === undefined) taken -= 1;
    else next();
  };
  return {
    run: async (act) => {
      await take();
      try {
        return await act();
      } finally {
        giveBack();
      }
    },
  };
}

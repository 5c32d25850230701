/** A bounded amount of room for work that goes on for a while. */
export interface Places {
  /** @returns how to give the room back, or null when there is not enough left; into empty room goes anything */
  take(size: number): (() => void) | null;
}

export function createPlaces(most: number): Places {
  let taken = 0;
  return {
    take: (size) => {
      if (taken > 0 && taken + size > most) return null;
      taken += size;
      let left = size;
      return () => {
        taken -= left;
        left = 0;
      };
    },
  };
}

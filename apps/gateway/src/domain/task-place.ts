import type { IndexPlace } from '@image2model/progress';

/** Where a list of tasks goes on: at a file of a batch in one of the two indexes. */
export interface TaskPlace {
  index: 'live' | 'ended';
  batch: IndexPlace;
  /** the first file that was not looked at */
  idx: number;
}

export const taskPlacePattern = /^(live|ended)-\d{1,15}-bat_[0-9a-f]{32}-\d{1,8}$/;

export const taskPlaceText = ({ index, batch, idx }: TaskPlace): string =>
  `${index}-${batch.score}-${batch.id}-${idx}`;

/** @param text matches {@link taskPlacePattern} */
export function parseTaskPlace(text: string): TaskPlace {
  const [index, score, id = '', idx] = text.split('-');
  return {
    index: index === 'ended' ? 'ended' : 'live',
    batch: { score: Number(score), id },
    idx: Number(idx),
  };
}

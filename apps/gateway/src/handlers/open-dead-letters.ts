import type { DeadLetterFilter, DeadLetterRecord, Progress } from '@image2model/progress';
import { HttpProblem } from '../domain/http-problem.js';

const perPage = 100;

/**
 * Does something with every open dead letter that is there now, newest first; those that come meanwhile are left.
 * @returns with how many it was done
 */
export async function eachOpen(
  deadLetters: Pick<Progress['deadLetters'], 'list'>,
  filter: DeadLetterFilter,
  act: (letter: DeadLetterRecord) => Promise<boolean>,
): Promise<number> {
  let done = 0;
  for (let below: string | null | undefined; below !== null;) {
    const from: { below?: string } = below === undefined ? {} : { below };
    const page = await deadLetters.list('open', { limit: perPage, ...filter, ...from });
    done += (await Promise.all(page.letters.map(act))).filter(Boolean).length;
    below = page.next;
  }
  return done;
}

/** 409: what was asked for is done to open ones only. Says which one to look at instead, if there is one. */
export function notOpen({ state, diedAgainAs, detail }: DeadLetterRecord): HttpProblem {
  const texts = {
    open: 'It has just been opened again; look at it and ask once more.',
    redriving: 'It is being redriven already.',
    redriven:
      diedAgainAs === null
        ? 'It was redriven and has not died again.'
        : `It was redriven and died again as ${diedAgainAs}; redrive that one.`,
    discarded: 'It was discarded.',
  } as const;
  const what = detail === null ? '' : ` (${detail})`;
  return new HttpProblem(409, `dead_letter_${state}`, `${texts[state]}${what}`);
}

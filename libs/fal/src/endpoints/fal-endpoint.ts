import { microUsd, type Settings } from '@image2model/contracts';
import { z } from 'zod';

/** One endpoint of fal as data: what it takes, what it gives and what it costs. */
export interface FalEndpoint {
  readonly id: string;
  readonly title: string;
  /** false: taken from the documents alone, to be verified live */
  readonly proven: boolean;
  readonly imageField: string;
  /** keys of the settings that have a meaning here, beside those that every endpoint takes */
  readonly accepts: readonly string[];
  /** keys of `settings.extra` that are passed on */
  readonly extra: readonly string[];
  /** whether it keeps to `face_limit`; the others are simplified here */
  readonly limitsFaces: boolean;
  /** how long a generation takes as a rule */
  readonly usualSeconds: readonly [number, number];
  /** fields of the output that may hold the model, best first; a dot goes one level down */
  readonly outputs: readonly string[];
  /** price of one generation, micro-USD */
  priceMicro(settings: Settings): number;
  /** the body of a submit */
  input(settings: Settings, imageUrl: string): Record<string, unknown>;
  /** what is wrong with settings whose keys are all known */
  faults(settings: Settings): SettingsFault[];
}

export interface SettingsFault {
  path: string;
  message: string;
}

/** How an endpoint is written down. */
export interface EndpointEntry extends Omit<
  FalEndpoint,
  'extra' | 'priceMicro' | 'input' | 'faults' | 'accepts'
> {
  accepts: readonly (keyof Settings)[];
  /** values that a setting may not have here, and why */
  refuses?: (settings: Settings) => SettingsFault[];
  extras: Readonly<Record<string, z.ZodType>>;
  usd(settings: Settings): number;
  /** settings as inputs; undefined is not sent */
  map(settings: Settings): Record<string, unknown>;
}

/** Makes an endpoint of its entry: one entry is all it takes to add one. */
export function defineEndpoint({ extras, refuses, usd, map, ...entry }: EndpointEntry): FalEndpoint {
  return {
    ...entry,
    extra: Object.keys(extras),
    priceMicro: (settings) => microUsd(usd(settings)),
    input: (settings, imageUrl) => ({
      ...without(map(settings)),
      ...settings.extra,
      [entry.imageField]: imageUrl,
    }),
    faults: (settings) => [...extraFaults(extras, settings.extra ?? {}), ...(refuses?.(settings) ?? [])],
  };
}

const without = (inputs: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));

function extraFaults(extras: EndpointEntry['extras'], given: Record<string, unknown>): SettingsFault[] {
  return Object.entries(given).flatMap(([key, value]) => {
    const schema = Object.hasOwn(extras, key) ? extras[key] : undefined;
    const issue = schema?.safeParse(value).error?.issues[0];
    return issue === undefined ? [] : [{ path: `settings.extra.${key}`, message: issue.message }];
  });
}

/** A number in a range, for `extras`. */
export const inRange = (min: number, max: number): z.ZodType =>
  z
    .number({ error: `must be a number from ${min} to ${max}` })
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);
export const wholeInRange = (min: number, max: number): z.ZodType =>
  z
    .number({ error: `must be a whole number from ${min} to ${max}` })
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);
export const oneOf = (...values: [string, ...string[]]): z.ZodType =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });
export const yesOrNo: z.ZodType = z.boolean({ error: 'must be true or false' });
export const anySeed: z.ZodType = wholeInRange(0, 2_147_483_647);

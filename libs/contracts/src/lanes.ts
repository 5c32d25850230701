import { z } from 'zod';

/** Priority lanes, highest first, and the share of worker slots each gets while all have work (work-conserving). */
export const laneWeights = { high: 5, normal: 3, low: 1 } as const;
export type Lane = keyof typeof laneWeights;
export const lanes = ['high', 'normal', 'low'] as const satisfies readonly Lane[];
export const laneSchema = z.enum(lanes);

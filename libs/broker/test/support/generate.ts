import { fileSettled, modelGenerate, queues } from '@image2model/contracts';
import { defineHandler, type Handler } from '../../src/index.js';

/** The one kind of message of most of these specs. */
export const queue = queues.generateHigh;
export const generate = (id: string): { id: string; payload: { gen: number } } => ({
  id,
  payload: { gen: 1 },
});

/** As another program would send it. */
export const generateBody = (id: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      ...generate(id),
      type: 'model.generate',
      version: 1,
      occurredAt: '2026-01-01T00:00:00Z',
    }),
  );

export type GenerateHandler = Handler<{ gen: number }, typeof fileSettled>;

export const generateHandler = (
  handle: GenerateHandler['handle'],
  options: { prefetch?: number; prefetchMost?: number; restMost?: number; timeoutMs?: number } = {},
): GenerateHandler =>
  defineHandler({ consumes: modelGenerate, queue, prefetch: 4, emits: [fileSettled], ...options, handle });

export const failingHandler = (thrown: unknown): GenerateHandler =>
  generateHandler(() => Promise.reject(thrown));

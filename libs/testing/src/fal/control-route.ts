import { z } from 'zod';
import type { Exchange } from './exchange.js';
import { HttpAnswer } from './http-answer.js';
import { controlSchema } from './options.js';
import type { World } from './world.js';

/** `POST /control`: changes what it names, or nothing and a 400 with every problem. */
export async function changeByRequest(world: World, exchange: Exchange): Promise<void> {
  const { success, data, error } = controlSchema.safeParse(await exchange.json());
  if (!success) throw new HttpAnswer(400, { detail: z.prettifyError(error) });
  world.change(data);
  exchange.send(200, { changed: Object.keys(data) });
}

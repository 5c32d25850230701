import { HttpProblem } from './http-problem.js';

/** 409: nothing can be signed here. */
export const noWebhookSecret = (): HttpProblem =>
  new HttpProblem(
    409,
    'webhook_secret_missing',
    'This installation sends no webhooks: set I2M_WEBHOOK_SECRET to 32 random bytes or more, for every service.',
  );

import { defineHandler, type Handler } from '@image2model/broker';
import { alertDeliver, alertSend, queues } from '@image2model/contracts';
import { alertOf } from '../domain/alert.js';
import type { ReceiveAlert } from './receive-alert.js';

/** An alert by message, which is how they usually come. Delivered at least once: the memory knows the repeats. */
export const sendAlert = (receive: ReceiveAlert): Handler =>
  defineHandler({
    consumes: alertSend,
    queue: queues.alertSend,
    prefetch: 16,
    emits: [alertDeliver],
    timeoutMs: 120_000,
    handle: (envelope, { attempt }) => receive(alertOf(envelope), { logged: attempt > 1 }),
  });

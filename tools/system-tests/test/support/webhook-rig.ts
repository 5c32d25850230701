import { createHmac } from 'node:crypto';
import type { Delivery } from '@image2model/contracts';
import {
  startReceiver,
  startSystem,
  waitFor,
  type BatchView,
  type ReceivedRequest,
  type Receiver,
  type System,
} from '@image2model/testing';

/** A system that sends webhooks to a receiver of its own, with a ladder of seconds instead of hours. */
export interface WebhookRig {
  system: System;
  receiver: Receiver;
  /** never answers */
  silent: Receiver;
  /** where alerts go */
  alerts: Receiver;
  /** Sends a noop batch whose webhook is this path of the receiver, and waits for its end. */
  run(path: string, count?: number, fields?: Record<string, unknown>): Promise<BatchView>;
  /** Requests of one path. */
  at(path: string): ReceivedRequest[];
  deliveries(batchId: string): Promise<Delivery[]>;
  /** Waits for the only delivery of a batch to be so. */
  settled(batchId: string, state: Delivery['state']): Promise<Delivery>;
  redeliver(batchId: string, delivery: string): Promise<number>;
  secret(): Promise<{ secret: string; previous_secret: string | null }>;
  close(): Promise<void>;
}

export async function startWebhookRig(): Promise<WebhookRig> {
  const [receiver, silent, alerts] = await Promise.all([startReceiver(), startReceiver(), startReceiver()]);
  silent.reply(() => 'silence');
  const hosts = [receiver, silent].map(({ url }) => new URL(url).host);
  const system = await startSystem({
    services: ['gateway', 'batch-orchestrator', 'model-worker', 'alert-service'],
    env: {
      I2M_WEBHOOK_SECRET: 'the present secret of this installation',
      I2M_WEBHOOK_SECRET_PREVIOUS: 'the previous secret of this installation',
      WEBHOOK_ALLOW_HOSTS: hosts.join(),
      WEBHOOK_RETRY_SCHEDULE_S: '0,1,2',
      WEBHOOK_TIMEOUT_S: '2',
      WEBHOOK_SWEEP_S: '1',
      ALERT_WEBHOOK_URL: alerts.url,
    },
  });
  const { client } = system;
  const deliveries = async (batchId: string): Promise<Delivery[]> => {
    const { body } = await client.request('GET', `/v1/batches/${batchId}/deliveries`);
    return (body as { data: Delivery[] }).data;
  };
  return {
    ...{ system, receiver, silent, alerts, deliveries },
    run: async (path, count = 1, fields = {}) => {
      const batch = await client.createNoopBatch(count, { webhook_url: receiver.url + path, ...fields });
      return client.waitForTerminal(batch.id);
    },
    at: (path) => receiver.requests.filter((request) => request.path === path),
    settled: (batchId, state) =>
      waitFor(
        async () => {
          const [one, ...others] = await deliveries(batchId);
          if (others.length > 0) throw new Error('more than one delivery');
          return one?.state === state ? one : undefined;
        },
        { what: `the delivery of ${batchId} to be ${state}`, timeoutMs: 20_000, everyMs: 50 },
      ),
    redeliver: async (batchId, delivery) =>
      (await client.request('POST', `/v1/batches/${batchId}/deliveries/${delivery}/redeliver`)).status,
    secret: async () =>
      (await client.request('GET', '/v1/webhooks/secret')).body as Awaited<ReturnType<WebhookRig['secret']>>,
    close: async () => {
      await system.stop();
      await Promise.all([receiver, silent, alerts].map((one) => one.close()));
    },
  };
}

/** The signature that Standard Webhooks prescribes for a request. */
export function signatureOf(secret: string, { headers, text }: ReceivedRequest): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

import { compareStreamIds, type BatchRecord, type Fact, type FactFeed } from '@image2model/progress';
import { batchView } from '../domain/batch-view.js';
import { commentText, eventText, retryText } from '../domain/event-text.js';
import { factView } from '../domain/fact-view.js';
import { resumePoint, type ResumePoint } from '../domain/resume-point.js';
import { defineRoute, type EventSink, type Route } from '../domain/route.js';
import { beat, eventStreamHeaders as headers, reconnectMs } from './event-stream.js';
import { loadBatch } from './load-batch.js';
import type { ProgressPolls } from './poll-progress.js';
import type { ShowingParts } from './show-batch.js';
import type { StreamLimits } from './stream-limits.js';

interface Parts extends ShowingParts {
  feed: Pick<FactFeed, 'watch'>;
  polls: ProgressPolls;
  limits: StreamLimits;
}

/** A batch as it happens. Facts come once and in order, also over reconnects; the stream ends after the run's last fact. */
export const streamEvents = (parts: Parts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/batches/{id}/events',
    async handle(request) {
      const batch = await loadBatch(parts.batches, request);
      const resumed = request.header('Last-Event-ID');
      const point = resumePoint(resumed, batch, Date.now());
      const close = parts.limits.open(request.caller.keyId);
      const events = async (sink: EventSink): Promise<void> => {
        try {
          await sink.write(retryText(reconnectMs));
          if (resumed === undefined) await sink.write(await snapshot(parts, batch));
          await follow(parts, batch, point, sink);
        } finally {
          close();
        }
      };
      return { status: 200, headers, events };
    },
  });

async function snapshot({ batches, governors }: ShowingParts, batch: BatchRecord): Promise<string> {
  const [running, providers] = await Promise.all([batches.progress(batch.id), governors.states()]);
  return eventText('snapshot', batchView(batch, running, Date.now(), providers));
}

/** Sends facts and progress until the run has ended, the client is gone or the process stops. */
async function follow(
  { feed, polls }: Parts,
  batch: BatchRecord,
  point: ResumePoint,
  sink: EventSink,
): Promise<void> {
  const stops: (() => void)[] = [];
  await new Promise<void>((resolve) => {
    if (sink.ended.aborted) return resolve();
    sink.ended.addEventListener('abort', () => resolve(), { once: true });
    stops.push(beat(sink));
    stops.push(
      polls.watch(batch, (text) => {
        if (sink.ready) void sink.write(text);
      }),
    );
    stops.push(
      feed.watch(batch.id, point.readFrom, async (facts) => {
        if (await sendFacts(facts, batch, point, sink)) resolve();
      }),
    );
  });
  for (const stop of stops) stop();
  if (sink.ended.aborted) await sink.write(commentText('bye'));
}

/** @returns whether the last fact of the run is among them, or behind the client already */
async function sendFacts(
  facts: readonly Fact[],
  batch: BatchRecord,
  { after }: ResumePoint,
  sink: EventSink,
): Promise<boolean> {
  const last = facts.findIndex(
    ({ event, data }) => event === 'batch.completed' && Number(data['run']) >= batch.run,
  );
  const upToEnd = last === -1 ? facts : facts.slice(0, last + 1);
  const first = upToEnd[0];
  const unseen =
    first !== undefined && compareStreamIds(first.id, after) > 0
      ? upToEnd
      : upToEnd.filter(({ id }) => compareStreamIds(id, after) > 0);
  const text = unseen.map((fact) => eventText(fact.event, factView(batch.id, fact), fact.id)).join('');
  if (text !== '') await sink.write(text);
  return last !== -1;
}

import { opsEventsQuerySchema } from '@image2model/contracts';
import type { OpsEventRecord, Progress } from '@image2model/progress';
import { commentText, retryText } from '../domain/event-text.js';
import { opsEventText } from '../domain/ops-event-view.js';
import { checkedEventId } from '../domain/resume-point.js';
import { defineRoute, type EventSink, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { beat, eventStreamHeaders as headers, reconnectMs, untilEnded } from './event-stream.js';
import { followFiles, type FileFollower, type FollowingParts } from './follow-files.js';
import type { OpsEventFeed } from './ops-event-feed.js';
import type { StreamLimits } from './stream-limits.js';

interface Parts extends FollowingParts {
  opsEvents: Pick<Progress['opsEvents'], 'tail'>;
  opsFeed: OpsEventFeed;
  limits: StreamLimits;
}

/** What a client without a position is told first. */
const shownFirst = 100;

/**
 * What happens to the installation: events come once and in order, also over reconnects. With `files=true` also what
 * happens to the files of live batches, from now on; that is told once and not stored.
 */
export const streamOpsEvents = (parts: Parts): Route =>
  defineRoute({
    method: 'GET',
    path: '/v1/ops/events',
    async handle(request) {
      const { files } = parseRequest(opsEventsQuerySchema, request.query);
      const sent = request.header('Last-Event-ID');
      const resumed = sent === undefined ? undefined : checkedEventId(sent, Date.now());
      const close = parts.limits.open(request.caller.keyId);
      const events = async (sink: EventSink): Promise<void> => {
        try {
          await sink.write(retryText(reconnectMs));
          await follow(parts, { resumed, files }, sink);
        } finally {
          close();
        }
      };
      return { status: 200, headers, events };
    },
  });

async function follow(
  parts: Parts,
  { resumed, files }: { resumed: string | undefined; files: boolean },
  sink: EventSink,
): Promise<void> {
  const follower = files ? await followFiles(parts, (text) => sink.write(text)) : undefined;
  const stopBeat = beat(sink);
  const stop = parts.opsFeed.watch(resumed ?? (await sendTail(parts, sink)), (events) =>
    send(events, follower, sink),
  );
  await untilEnded(sink);
  stop();
  stopBeat();
  follower?.close();
  await sink.write(commentText('bye'));
}

/** @returns the position of the last one */
async function sendTail({ opsEvents }: Parts, sink: EventSink): Promise<string> {
  const { events, last } = await opsEvents.tail(shownFirst);
  await send(events, undefined, sink);
  return last;
}

async function send(
  events: readonly OpsEventRecord[],
  follower: FileFollower | undefined,
  sink: EventSink,
): Promise<void> {
  follower?.hear(events);
  if (events.length > 0) await sink.write(events.map(opsEventText).join(''));
}

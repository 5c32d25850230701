import { services, type OpsWorker } from '@image2model/contracts';
import type { About, HeartbeatRecord } from '@image2model/progress';
import { isoTime } from './batch-view.js';
import { rounded } from './queue-view.js';

/** A process as it last said of itself. None for one of a service that this version does not know. */
export function workerView(beat: HeartbeatRecord, about: About | undefined): OpsWorker[] {
  const service = services.find((name) => name === beat.service);
  if (service === undefined) return [];
  const { instance, version, pid, slots, startedAtMs, seenAtMs, report } = beat;
  return [
    {
      id: instance,
      service,
      state: report.state,
      version,
      host: about?.host ?? '',
      pid,
      started_at: isoTime(startedAtMs),
      seen_at: isoTime(seenAtMs),
      log_level: report.logLevel,
      slots,
      active: report.active.map(activeView),
      active_count: report.activeCount,
      reserved_count: report.reservedCount,
      registered: (about?.registered ?? []).map((task) => ({
        task: task.task,
        queue: task.queue,
        prefetch: task.prefetch,
        prefetch_most: task.prefetchMost,
        rest_most: task.restMost,
      })),
      stats: statsView(report),
      config: about?.config ?? {},
    },
  ];
}

function activeView(work: HeartbeatRecord['report']['active'][number]): OpsWorker['active'][number] {
  const { task, queue, messageId, batchId, fileIdx, sinceMs, resting } = work;
  return {
    task,
    queue,
    message_id: messageId,
    batch_id: batchId,
    file_idx: fileIdx,
    since: isoTime(sinceMs),
    resting,
  };
}

function statsView(report: HeartbeatRecord['report']): OpsWorker['stats'] {
  const { handled, rssMb, cpuPercent, loopDelayMs, clockSkewMs } = report;
  return {
    handled,
    rss_mb: rounded(rssMb),
    cpu_percent: rounded(cpuPercent),
    loop_delay_ms: rounded(loopDelayMs),
    clock_skew_ms: rounded(clockSkewMs),
  };
}

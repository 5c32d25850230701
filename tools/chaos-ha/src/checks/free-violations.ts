import { followBatch, type SseEvent, type System } from '@image2model/testing';

/** What the HTTP API says against a batch of which every file is to be completed: each settled exactly once. */
export async function settledViolations({ client }: System, id: string): Promise<string[]> {
  const [batch, files] = await Promise.all([client.getBatch(id), client.listFiles(id)]);
  const { status, counts, total_files: total } = batch;
  const found: string[] = [];
  if (status !== 'completed') found.push(`the batch is ${status}: ${JSON.stringify(counts)}`);
  if (counts.completed !== total) found.push(`${counts.completed} of ${total} files are completed`);
  if (files.length !== total) found.push(`${files.length} files of ${total}`);
  files.forEach((file, at) => {
    if (file['idx'] !== at) found.push(`file ${String(file['idx'])} is listed as number ${at}`);
    if (file['status'] !== 'completed')
      found.push(`file ${at} is ${String(file['status'])}: ${JSON.stringify(file['error'])}`);
  });
  return [...found, ...factViolations(await followBatch(client, id, { timeoutMs: 20_000 }), total)];
}

const ends = new Set(['file.completed', 'file.failed', 'file.cancelled']);

/** The facts of the whole run, as a client sees them that comes last. */
function factViolations(events: readonly SseEvent[], total: number): string[] {
  const settled = new Map<number, number>();
  for (const { event, data } of events)
    if (ends.has(event)) settled.set(Number(data['idx']), (settled.get(Number(data['idx'])) ?? 0) + 1);
  const twice = [...settled].filter(([, times]) => times > 1);
  const completions = events.filter(({ event, id }) => event === 'batch.completed' && id !== undefined);
  return [
    ...(settled.size === total ? [] : [`facts about the end of ${settled.size} of ${total} files`]),
    ...twice.map(([idx, times]) => `file ${idx} ended ${times} times`),
    ...(completions.length === 1 ? [] : [`${completions.length} facts batch.completed`]),
  ];
}

/** RabbitMQ may hand the completion over twice after a failure, but only ever the one of this run. */
export function completionViolations(id: string, told: readonly string[]): string[] {
  const ids = [...new Set(told)];
  return ids.join() === `batch.completed:${id}:1` ? [] : [`completions told: [${ids.join()}]`];
}

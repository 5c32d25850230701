import type { SseEvent } from '@image2model/testing';

const endOf: Readonly<Record<string, string>> = {
  'file.completed': 'completed',
  'file.failed': 'failed',
  'file.cancelled': 'cancelled',
};

/** What is wrong with the facts that one client saw of a batch, given how its files ended (by idx). */
export function wrongFacts(events: readonly SseEvent[], files: readonly string[], status: string): string[] {
  const facts = events.filter(({ id }) => id !== undefined);
  const ids = facts.map(({ id }) => String(id));
  const wrong: string[] = [];
  ids.forEach((id, at) => {
    const before = ids[at - 1];
    if (before !== undefined && !isLater(id, before)) wrong.push(`fact ${id} after ${before}`);
  });
  const started = new Map<number, number>();
  const ended = new Map<number, string[]>();
  for (const { event, data } of facts) {
    const idx = Number(data['idx']);
    const end = endOf[event];
    if (event === 'file.started') started.set(idx, (started.get(idx) ?? 0) + 1);
    if (end !== undefined) ended.set(idx, [...(ended.get(idx) ?? []), end]);
  }
  for (const [idx, times] of started) if (times !== 1) wrong.push(`file ${idx} started ${times} times`);
  files.forEach((end, idx) => {
    const facts = ended.get(idx) ?? [];
    if (facts.length !== 1 || facts[0] !== end)
      wrong.push(`file ${idx} is ${end}, its facts are [${facts.join()}]`);
  });
  if (ended.size !== files.length) wrong.push(`facts about ${ended.size} of ${files.length} files`);
  const completions = facts.filter(({ event }) => event === 'batch.completed');
  if (completions.length !== 1) wrong.push(`${completions.length} batch.completed`);
  if (facts.at(-1)?.event !== 'batch.completed') wrong.push(`the last fact is ${facts.at(-1)?.event}`);
  const told = completions[0]?.data['status'];
  if (told !== status) wrong.push(`batch.completed says ${String(told)}, the batch is ${status}`);
  return wrong;
}

/** Stream ids are `<ms>-<number>`. */
function isLater(id: string, before: string): boolean {
  const [ms = 0, number = 0] = id.split('-').map(Number);
  const [msBefore = 0, numberBefore = 0] = before.split('-').map(Number);
  return ms > msBefore || (ms === msBefore && number > numberBefore);
}

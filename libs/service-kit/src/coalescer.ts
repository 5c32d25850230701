interface Waiting<I, O> {
  item: I;
  resolve: (output: O) => void;
  reject: (error: unknown) => void;
}

/**
 * Collects calls by group (a batch) and hands them on together, so that a busy process runs one script, or publishes
 * one message, for many files. Calls of one turn of the event loop always go together; with `inFlight` also those that
 * come while so many hand-overs of the group are unanswered.
 */
export class Coalescer<I, O> {
  private readonly groups = new Map<string, Waiting<I, O>[]>();
  private readonly busy = new Map<string, number>();
  private scheduled = false;

  /** @param run answers the items in their order; `most` bounds the items of one call (default 256) */
  constructor(
    private readonly run: (group: string, items: I[]) => Promise<O[]>,
    private readonly limits: { most?: number; inFlight?: number } = {},
  ) {}

  add(group: string, item: I): Promise<O> {
    return new Promise<O>((resolve, reject) => {
      const waiting = this.groups.get(group) ?? [];
      if (waiting.length === 0) this.groups.set(group, waiting);
      waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    const { most = 256, inFlight = Number.POSITIVE_INFINITY } = this.limits;
    for (const [group, waiting] of this.groups) {
      while (waiting.length > 0 && (this.busy.get(group) ?? 0) < inFlight) {
        this.busy.set(group, (this.busy.get(group) ?? 0) + 1);
        void this.send(group, waiting.splice(0, most)).finally(() => this.answered(group));
      }
      if (waiting.length === 0) this.groups.delete(group);
    }
  }

  private answered(group: string): void {
    const left = (this.busy.get(group) ?? 1) - 1;
    if (left === 0) this.busy.delete(group);
    else this.busy.set(group, left);
    if (this.groups.has(group)) this.schedule();
  }

  private async send(group: string, waiting: Waiting<I, O>[]): Promise<void> {
    try {
      const outputs = await this.run(
        group,
        waiting.map(({ item }) => item),
      );
      waiting.forEach(({ resolve, reject }, at) => {
        const output = outputs[at];
        if (output === undefined) reject(new Error(`${waiting.length} calls, ${outputs.length} answers`));
        else resolve(output);
      });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

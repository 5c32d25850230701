interface Waiting<I, O> {
  item: I;
  resolve: (output: O) => void;
  reject: (error: unknown) => void;
}

/**
 * Collects calls of one turn of the event loop by group (a batch) and hands each group on as one call, so that a
 * busy process runs one script a batch and turn instead of one a file.
 */
export class Coalescer<I, O> {
  private readonly groups = new Map<string, Waiting<I, O>[]>();
  private scheduled = false;

  /** @param run answers the items in their order; @param most items one call may hold */
  constructor(
    private readonly run: (group: string, items: I[]) => Promise<O[]>,
    private readonly most = 256,
  ) {}

  add(group: string, item: I): Promise<O> {
    return new Promise<O>((resolve, reject) => {
      const waiting = this.groups.get(group) ?? [];
      if (waiting.length === 0) this.groups.set(group, waiting);
      waiting.push({ item, resolve, reject });
      if (!this.scheduled) {
        this.scheduled = true;
        setImmediate(() => this.flush());
      }
    });
  }

  private flush(): void {
    this.scheduled = false;
    const groups = [...this.groups];
    this.groups.clear();
    for (const [group, waiting] of groups) {
      for (let at = 0; at < waiting.length; at += this.most)
        void this.send(group, waiting.slice(at, at + this.most));
    }
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

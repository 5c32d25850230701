export type Counts = Readonly<Record<string, number>>;

/** Requests by what they ask for, and submits by how they were answered. */
export class RequestCounts {
  private readonly requests = new Map<string, number>();
  private readonly submits = new Map<string, number>();

  private ordinal = 0;

  /** @returns the number of one more submit, from 1 */
  nextOrdinal(): number {
    return (this.ordinal += 1);
  }

  request(kind: string): void {
    this.requests.set(kind, (this.requests.get(kind) ?? 0) + 1);
  }

  /** @param answer `accepted`, a status, or the name of the fault that it met */
  submit(answer: string): void {
    this.submits.set(answer, (this.submits.get(answer) ?? 0) + 1);
  }

  all(): { requests: Counts; submits: Counts } {
    return { requests: Object.fromEntries(this.requests), submits: Object.fromEntries(this.submits) };
  }
}

import type { AuditCheck, AuditCheckName } from '@image2model/contracts';

/** What a check of many files found wrong: how much of it, and the first few in words. */
export class Findings {
  private readonly first: string[] = [];
  private count = 0;

  add(text: string): void {
    this.count += 1;
    if (this.first.length < 5) this.first.push(text);
  }

  /** @param found said in any case, before what is wrong */
  check(name: AuditCheckName, found: string): AuditCheck {
    const more = this.count - this.first.length;
    const wrong = [...this.first, ...(more > 0 ? [`and ${more} more`] : [])];
    return { name, ok: this.count === 0, detail: [found, ...wrong].join('; ') };
  }
}

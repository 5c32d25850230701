/** What the dealer needs of a batch. */
export interface Dealable {
  id: string;
  tenant: string;
}

/**
 * Whose turn it is: round-robin over tenants, then over the batches of a tenant, so that neither a tenant with many
 * batches nor a batch with many files holds the others up.
 */
export class Dealer<B extends Dealable> {
  private readonly tenants = new Map<string, B[]>();

  add(batch: B): void {
    const queue = this.tenants.get(batch.tenant);
    if (queue === undefined) this.tenants.set(batch.tenant, [batch]);
    else queue.push(batch);
  }

  remove(id: string): void {
    for (const [tenant, queue] of this.tenants) {
      const at = queue.findIndex((batch) => batch.id === id);
      if (at < 0) continue;
      queue.splice(at, 1);
      if (queue.length === 0) this.tenants.delete(tenant);
    }
  }

  /** The batch whose turn it is; it and its tenant go to the end of their rows. */
  next(): B | undefined {
    const first = this.tenants.entries().next();
    if (first.done) return undefined;
    const [tenant, queue] = first.value;
    const batch = queue.shift();
    if (batch === undefined) return undefined;
    queue.push(batch);
    this.tenants.delete(tenant);
    this.tenants.set(tenant, queue);
    return batch;
  }

  get size(): number {
    let size = 0;
    for (const queue of this.tenants.values()) size += queue.length;
    return size;
  }
}

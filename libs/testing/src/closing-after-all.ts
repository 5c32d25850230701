type Closable = { close(): unknown } | { stop(): unknown };

/**
 * For the top of a spec: `const closing = closingAfterAll()`, then `x = closing(await open())`. After the last test everything is
 * closed, the last one first, also when the set-up failed half-way; failures are thrown at the end.
 */
export function closingAfterAll(): <R extends Closable>(resource: R) => R {
  const open: Closable[] = [];
  afterAll(async () => {
    const failures: unknown[] = [];
    for (let resource = open.pop(); resource !== undefined; resource = open.pop()) {
      try {
        await ('close' in resource ? resource.close() : resource.stop());
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, `could not close: ${failures.map(String).join('; ')}`);
  });
  return (resource) => {
    open.push(resource);
    return resource;
  };
}

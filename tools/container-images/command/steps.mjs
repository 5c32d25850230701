/** @param {number} startedAt of performance.now() */
const secondsSince = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;

/**
 * Says which of so many steps runs, and how long each took; at a terminal also while it runs.
 * @param {(text: string) => void} log @param {number} total
 */
export function countSteps(log, total) {
  let done = 0;
  /**
   * @template T
   * @param {string} name @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  return async (name, work) => {
    done += 1;
    const label = `[${String(done).padStart(String(total).length)}/${total}] ${name}`;
    const startedAt = performance.now();
    const live = process.stdout.isTTY === true;
    const show = () => process.stdout.write(`\r${label} … ${secondsSince(startedAt)} `);
    const timer = live ? setInterval(show, 500) : undefined;
    try {
      const result = await work();
      clearInterval(timer);
      log(`${live ? '\r' : ''}${label} ✓ ${secondsSince(startedAt)}   `);
      return result;
    } catch (error) {
      clearInterval(timer);
      log(`${live ? '\r' : ''}${label} ✗ ${secondsSince(startedAt)}   `);
      throw error;
    }
  };
}

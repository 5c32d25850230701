import type { Probed } from '../domain/health-facts.js';

/** A probe that takes longer has failed. */
const patienceMs = 8_000;

/** Measures one thing; never rejects. */
export async function probe<T extends object>(measure: () => Promise<T>): Promise<Probed<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${patienceMs / 1_000} s`)), patienceMs);
  });
  try {
    return { ok: true, ...(await Promise.race([measure(), late])) };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

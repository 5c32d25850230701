import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What a process costs its machine. */
export interface ProcessLoad {
  rssMb: number;
  /** since the look before; 100 = one processor */
  cpuPercent: number;
  /** the worst delay of the event loop since the look before, ms */
  loopDelayMs: number;
}

export interface ProcessLoadMeter {
  /** Begins the next span. */
  look(): ProcessLoad;
  /** Resident memory now, MB; does not begin a span. */
  rssMb(): number;
  close(): void;
}

const resolutionMs = 50;
const bytesPerMb = 1_048_576;
const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Measures this process from now on. */
export function createProcessLoadMeter(): ProcessLoadMeter {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  let [cpu, atMs] = [process.cpuUsage(), performance.now()];
  const rssMb = (): number => tenth(process.memoryUsage.rss() / bytesPerMb);
  return {
    rssMb,
    look: () => {
      const used = process.cpuUsage(cpu);
      const spanMs = Math.max(1, performance.now() - atMs);
      // the histogram holds whole intervals of its timer
      const loopDelayMs = delays.max === 0 ? 0 : Math.max(0, tenth(delays.max / 1e6 - resolutionMs));
      delays.reset();
      [cpu, atMs] = [process.cpuUsage(), performance.now()];
      return { rssMb: rssMb(), cpuPercent: tenth((used.user + used.system) / 10 / spanMs), loopDelayMs };
    },
    close: () => delays.disable(),
  };
}

import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Timed<T> {
  readonly value: T;
  readonly tookMs: number;
}

/** What `work` brings, and how long it took less the time for which this process was busy with something else. */
export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const beganMs = performance.now();
  try {
    const value = await work();
    return { value, tookMs: performance.now() - beganMs - delay.max / 1e6 };
  } finally {
    delay.disable();
  }
}

import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Timed<T> {
  readonly value: T;
  readonly tookMs: number;
  /** The longest time for which this process was busy with something else. */
  readonly busyMs: number;
}

/** What `work` brings, and how long it took less the time for which this process was busy with something else. */
export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const beganMs = performance.now();
  try {
    const value = await work();
    const busyMs = delay.max / 1e6;
    return { value, tookMs: performance.now() - beganMs - busyMs, busyMs };
  } finally {
    delay.disable();
  }
}

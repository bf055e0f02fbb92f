/** Two ticks further apart than this are a time in which this process did not run, or did something else. */
const STALL_MS = 5;

/** What came of the work, and how long it took. */
export interface Timed<T> {
  readonly value: T;
  /** Without `busyMs`. */
  readonly tookMs: number;
  /** For how long this process was busy with something else, or its machine was. */
  readonly busyMs: number;
}

/** What `work` brings, and how long it took less the time for which this process was busy with something else. */
export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  let busyMs = 0;
  const beganMs = performance.now();
  let tickedMs = beganMs;
  const tick = (): void => {
    const nowMs = performance.now();
    if (nowMs - tickedMs > STALL_MS) busyMs += nowMs - tickedMs;
    tickedMs = nowMs;
  };
  const ticking = setInterval(tick, 1);
  try {
    const value = await work();
    tick();
    return { value, tookMs: performance.now() - beganMs - busyMs, busyMs };
  } finally {
    clearInterval(ticking);
  }
}

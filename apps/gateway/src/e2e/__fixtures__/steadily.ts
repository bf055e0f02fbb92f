import { setTimeout as sleep } from 'node:timers/promises';

/** Runs so many times, at an even rate, whether those before are over or not; what came of each, and how long it took. */
export async function steadily<T>(
  { perSecond, times }: { readonly perSecond: number; readonly times: number },
  run: () => Promise<T>,
): Promise<readonly { readonly value: T; readonly tookMs: number }[]> {
  const runs: Promise<{ value: T; tookMs: number }>[] = [];
  const startedMs = performance.now();
  while (runs.length < times) {
    const beganMs = performance.now();
    runs.push(run().then((value) => ({ value, tookMs: performance.now() - beganMs })));
    await sleep(Math.max(0, startedMs + (runs.length * 1_000) / perSecond - performance.now()));
  }
  return Promise.all(runs);
}

/** The time within which this share of the runs was over. */
export function quantile(runs: readonly { readonly tookMs: number }[], share: number): number {
  return runs.map(({ tookMs }) => tookMs).toSorted((x, y) => x - y)[Math.floor(runs.length * share)] ?? 0;
}

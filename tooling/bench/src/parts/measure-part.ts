import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../statistics.js';
import type { PartMeasurement } from './parts.js';

/** What a part does for one request. */
export type Work = () => Promise<unknown>;

export interface Pace {
  readonly durationMs: number;
  /** Requests at once while the cost is measured. */
  readonly concurrency: number;
}

/** Waits between two of those whose time is taken. */
const GAP_MS = 2;
const TIMED = 100;

/** The CPU time of this process for each request, all of its threads, and the time of single ones. */
export async function measurePart(work: Work, { durationMs, concurrency }: Pace): Promise<PartMeasurement> {
  const until = performance.now() + durationMs;
  const before = process.cpuUsage();
  let done = 0;
  const worker = async (): Promise<void> => {
    for (; performance.now() < until; done += 1) await work();
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: (user + system) / done, p50Ms: await timeSingly(work) };
}

async function timeSingly(work: Work): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < TIMED; i += 1) {
    await sleep(GAP_MS);
    const startedMs = performance.now();
    await work();
    times.push(performance.now() - startedMs);
  }
  return median(times);
}

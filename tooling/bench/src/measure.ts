import { setTimeout as sleep } from 'node:timers/promises';
import { openConnections, runBusy, runCalm } from './load-generator.js';
import type { Connection, Timing } from './connection.js';
import type { Load } from './loads.js';
import { cpuUsOf, memoryMibOf } from './process-usage.js';
import { percentile } from './statistics.js';
import type { Target, TargetName } from './targets.js';

/** Ledger rows and log lines are written a moment after their answer. */
const AFTERMATH_MS = 150;
/** The calm part of a plain load, as a share of the busy one. */
const CALM_SHARE = 0.5;

/** What one target did under one load in one round. */
export interface Measurement {
  /** Requests or chunks. */
  readonly unitsPerSecond: number;
  /** Of the target's processes for each request or chunk; absent for `direct`. */
  readonly cpuUs?: number;
  /** A plain answer's time with one request every 2 ms; a stream's time to its first byte under the full load. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly memoryMib?: number;
}

/**
 * Puts a load on each target for about `durationMs`, by turns, so that whatever the machine does meanwhile meets all of them
 * alike. Rejects when anything but good answers comes back.
 */
export async function measureAll(
  targets: readonly Target[],
  load: Load,
  durationMs: number,
): Promise<ReadonlyMap<TargetName, Measurement>> {
  const measured = targets.map((target) => new Busy(target, load));
  try {
    for (const busy of measured) await busy.open();
    const turns = load.turns ?? 1;
    for (let turn = 0; turn < turns; turn += 1) {
      const order = turn % 2 === 0 ? measured : measured.toReversed();
      for (const busy of order) await busy.go(durationMs / turns);
    }
    await sleep(AFTERMATH_MS);
  } finally {
    for (const busy of measured) busy.close();
  }
  const costs = measured.map((busy) => busy.cost());
  const results = new Map<TargetName, Measurement>();
  for (const [index, { target, unitsPerSecond, firstBytesMs }] of measured.entries()) {
    const latencies = load.unit === 'chunk' ? firstBytesMs : await calmMs(target, load, durationMs * CALM_SHARE);
    const [p50Ms, p99Ms] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
    results.set(target.name, { unitsPerSecond, ...costs[index], p50Ms, p99Ms });
  }
  return results;
}

/** What one target did while the load was on it, and what it has cost since. */
class Busy {
  readonly target: Target;
  readonly #load: Load;
  readonly #cpuBeforeUs: number;
  readonly #timings: Timing[] = [];
  #connections: readonly Connection[] = [];
  #ms = 0;

  constructor(target: Target, load: Load) {
    this.target = target;
    this.#load = load;
    this.#cpuBeforeUs = target.pid === undefined ? 0 : cpuUsOf(target.pid);
  }

  async open(): Promise<void> {
    this.#connections = await openConnections(this.target.port, this.#load.concurrency);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  async go(durationMs: number): Promise<void> {
    const startMs = performance.now();
    const timings = await runBusy(this.#connections, { request: requestFor(this.target, this.#load), durationMs });
    this.#ms += timings.reduce((latest, { endMs }) => Math.max(latest, endMs), startMs) - startMs;
    this.#timings.push(...timings);
  }

  get unitsPerSecond(): number {
    return this.#units / (this.#ms / 1_000);
  }

  get firstBytesMs(): readonly number[] {
    return this.#timings.map(({ sentMs, firstByteMs }) => firstByteMs - sentMs);
  }

  cost(): Pick<Measurement, 'cpuUs' | 'memoryMib'> {
    const { pid } = this.target;
    if (pid === undefined) return {};
    return { cpuUs: (cpuUsOf(pid) - this.#cpuBeforeUs) / this.#units, memoryMib: memoryMibOf(pid) };
  }

  get #units(): number {
    return this.#timings.length * this.#load.unitsPerAnswer;
  }
}

async function calmMs(target: Target, load: Load, durationMs: number): Promise<readonly number[]> {
  const timings = await runCalm({ port: target.port, request: requestFor(target, load), durationMs });
  return timings.map(({ sentMs, endMs }) => endMs - sentMs);
}

/** Rejects unless the target answers the load as it should, whole. */
export async function verify(target: Target, load: Load): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${target.port}${load.path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(load.body),
  });
  const text = await answer.text();
  if (answer.status === 200 && text.split(load.mark).length - 1 === load.marksPerAnswer) return;
  throw new Error(`${target.name} gave a wrong answer to "${load.title}": ${answer.status} ${text.slice(0, 1_000)}`);
}

function requestFor(target: Target, load: Load): Buffer {
  const body = JSON.stringify(load.body);
  const head = [
    `POST ${load.path} HTTP/1.1`,
    `host: 127.0.0.1:${target.port}`,
    `authorization: Bearer ${target.token}`,
    'content-type: application/json',
    'accept: application/json',
    'user-agent: sluice-bench',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

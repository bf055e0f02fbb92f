import { setTimeout as sleep } from 'node:timers/promises';
import { runBusy, runCalm } from './load-generator.js';
import type { Load } from './loads.js';
import { cpuUsOf, memoryMibOf } from './process-usage.js';
import { percentile } from './statistics.js';
import type { Target } from './targets.js';

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

/** Puts a load on a target for about `durationMs`. Rejects when anything but good answers comes back. */
export async function measure(target: Target, load: Load, durationMs: number): Promise<Measurement> {
  const traffic = { port: target.port, request: requestFor(target, load), durationMs };
  const cpuBeforeUs = target.pid === undefined ? 0 : cpuUsOf(target.pid);
  const startMs = performance.now();
  const busy = await runBusy(traffic, load.concurrency);
  const lastMs = busy.reduce((latest, { endMs }) => Math.max(latest, endMs), startMs);
  const seconds = (lastMs - startMs) / 1_000;
  await sleep(AFTERMATH_MS);
  const units = busy.length * load.unitsPerAnswer;
  const cost =
    target.pid === undefined
      ? {}
      : { cpuUs: (cpuUsOf(target.pid) - cpuBeforeUs) / units, memoryMib: memoryMibOf(target.pid) };
  const latencies =
    load.unit === 'chunk'
      ? busy.map(({ sentMs, firstByteMs }) => firstByteMs - sentMs)
      : (await runCalm({ ...traffic, durationMs: durationMs * CALM_SHARE })).map(({ sentMs, endMs }) => endMs - sentMs);
  return {
    unitsPerSecond: units / seconds,
    ...cost,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
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

import { setTimeout as sleep } from 'node:timers/promises';
import { startGatewayProcess } from './gateway.js';
import type { RemoteGateway } from './gateway.js';
import { closedLoop, openLoop, quantile, withLoopDelay } from './open-loop.js';
import type { Outcome } from './open-loop.js';
import { startSlowUpstream } from './slow-upstream.js';
import type { SlowUpstream } from './slow-upstream.js';

const PLACES = 15;
const TAKES_MS = 300;
/** Nobody in it waits for longer than 200 ms, so that who is refused is refused at once. */
const LINE = 10;
const KEYS = 4;
const SETTLED_MS = 500;

/** Twice as much as can be done, over real sockets, before a gateway in a process of its own. */
export interface Overloaded extends AsyncDisposable {
  readonly gateway: RemoteGateway;
  readonly upstream: SlowUpstream;
  /** What the provider can do, in calls a second, measured. */
  readonly peak: number;
  run(forMs: number): Promise<OverloadSeen>;
  /** How long after the load has ended a call is answered as if there had been none. */
  recovery(): Promise<number>;
}

export interface OverloadSeen {
  readonly outcomes: readonly Outcome[];
  /** Of probes and operators: what they got, and after how long. */
  readonly probes: readonly { readonly path: string; readonly status: number; readonly tookMs: number }[];
  /** How late timers are at most, those of this process and of the gateway together. */
  readonly delayMs: number;
}

const PROBES = ['/health/live', '/health/ready', '/metrics', '/admin/v1/breakers', '/health/providers'];

export async function startOverloaded(): Promise<Overloaded> {
  const upstream = await startSlowUpstream(TAKES_MS);
  const gateway = await startGatewayProcess({
    providers: { up: { kind: 'openai-compatible', baseUrl: upstream.url, maxConcurrent: PLACES, queue: { maxWaiting: LINE } } },
    telemetry: { logs: { level: 'silent' } },
  });
  const at = { url: gateway.url, model: 'up/m' };
  const keys = await Promise.all(Array.from({ length: KEYS }, (_, index) => gateway.createKey({ name: `key ${index}` })));
  await closedLoop(at, { key: gateway.key, callers: PLACES }, 500);
  const peak = await closedLoop(at, { key: gateway.key, callers: PLACES }, 1_500);
  return {
    gateway,
    upstream,
    peak,
    async run(forMs) {
      // Of what its places allow: what was measured may have had a bad moment.
      const rate = (2 * PLACES * 1_000) / TAKES_MS / KEYS;
      const callers = keys.map((key) => ({ key, rate }));
      const { result, delayMs } = await withLoopDelay(() => withProbes(gateway, openLoop(at, callers, forMs)));
      return { ...result, delayMs: delayMs + result.delayMs };
    },
    async recovery() {
      const beganMs = performance.now();
      for (;;) {
        const [seen] = await openLoop(at, [{ key: gateway.key, rate: 1 }], 1);
        if (seen?.status === 200 && seen.tookMs < 2 * TAKES_MS) return performance.now() - beganMs;
        await sleep(20);
      }
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

type Probed = OverloadSeen['probes'][number];

async function withProbes(
  { url, adminKey }: RemoteGateway,
  load: Promise<readonly Outcome[]>,
): Promise<OverloadSeen> {
  let isOver = false;
  let delayMs = 0;
  const headers = { authorization: `Bearer ${adminKey}` };
  const all = PROBES.map(async (path) => {
    const probes: Probed[] = [];
    while (!isOver) {
      const beganMs = performance.now();
      const answer = await fetch(url + path, { headers });
      const text = await answer.text();
      if (path === '/metrics') delayMs = Math.max(delayMs, delayIn(text));
      probes.push({ path, status: answer.status, tookMs: performance.now() - beganMs });
      await sleep(100);
    }
    return probes;
  });
  const outcomes = await load.finally(() => (isOver = true));
  return { outcomes, probes: (await Promise.all(all)).flat(), delayMs };
}

/** How late the gateway's own timers were at most since its metrics were last read. */
export async function gatewayDelayMs({ url, adminKey }: RemoteGateway): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${adminKey}` } });
  return delayIn(await answer.text());
}

function delayIn(metrics: string): number {
  const seconds = /^nodejs_eventloop_lag_max_seconds (.+)$/m.exec(metrics)?.[1];
  if (seconds === undefined) throw new Error('The gateway tells nothing of its event loop.');
  // It is measured with a resolution of 10 ms, which is a part of it.
  return Math.max(0, Number(seconds) * 1_000 - 10);
}

/** What has to hold of such a load, in one value: empty where all does. */
export function faultsOf({ outcomes, probes, delayMs }: OverloadSeen, { peak, forMs }: { readonly peak: number; readonly forMs: number }): readonly string[] {
  const faults: string[] = [];
  const check = (holds: boolean, what: string): void => void (holds || faults.push(what));
  // A call meets late timers on its way in and on its way out.
  const lateMs = 2 * delayMs;
  const served = outcomes.filter(({ status }) => status === 200);
  const refused = outcomes.filter(({ status }) => status !== 200);
  // The line is full by then, and what comes of it after the end is not counted.
  const steady = served.map(({ sentAtMs, tookMs }) => sentAtMs + tookMs).filter((ms) => ms > SETTLED_MS && ms <= forMs);
  const goodput = (steady.length * 1_000) / (forMs - SETTLED_MS);
  check(goodput >= 0.9 * peak, `goodput ${goodput.toFixed(1)} a second, of ${peak.toFixed(1)} at its peak`);
  check(refused.length > 0.3 * outcomes.length, `only ${refused.length} of ${outcomes.length} were refused`);
  check(refused.every(({ status, code }) => status === 503 && code === 'overloaded'), 'something else than 503 overloaded');
  check(refused.every(({ retryAfter }) => retryAfter >= 1), 'a refusal without Retry-After');
  const late = quantile(refused.map(({ tookMs }) => tookMs), 0.99) - lateMs;
  check(late <= 50, `refusals took ${late.toFixed(1)} ms at the 99th percentile, and ${lateMs.toFixed(1)} ms of event loops`);
  for (let caller = 0; caller < KEYS; caller += 1) {
    const own = served.filter((one) => one.caller === caller).length;
    check(Math.abs(own / (served.length / KEYS) - 1) <= 0.2, `key ${caller} got ${own} of ${served.length}`);
  }
  check(probes.length > 0 && probes.every(({ status }) => status === 200), 'a probe or an operator was refused');
  const slow = quantile(probes.map(({ tookMs }) => tookMs), 0.99) - lateMs;
  check(slow <= 100, `probes took ${slow.toFixed(1)} ms at the 99th percentile, and ${lateMs.toFixed(1)} ms of event loops`);
  return faults;
}

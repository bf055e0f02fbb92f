import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator } from '@sluice/simulator';
import { startGateway } from './gateway.js';
import type { TestGateway } from './gateway.js';
import { assertInvariants } from './invariants.js';

export const USUAL_MS = 150;

/** `least-latency` in front of two providers that answer after as long as they are told to. */
export interface BrownOut extends AsyncDisposable {
  readonly gateway: TestGateway;
  /** How long the first takes from now on. */
  slowDown(ms: number): Promise<void>;
  /** Streams at a steady rate for so long. */
  send(seconds: number): Promise<readonly Seen[]>;
}
/** Which provider sent a stream, and how long its head took, which goes out with the first token. */
export interface Seen {
  readonly provider: string | null;
  readonly tookMs: number;
}

export async function brownOut(perSecond: number): Promise<BrownOut> {
  const [a, b] = await Promise.all([startSimulator(), startSimulator()]);
  const gateway = await startGateway({
    providers: {
      a: { kind: 'openai', baseUrl: `${a.url}/v1` },
      b: { kind: 'openai', baseUrl: `${b.url}/v1` },
    },
    models: {
      fast: { strategy: 'least-latency', targets: ['a', 'b'].map((provider) => ({ provider, model: 'echo' })) },
    },
  });
  await Promise.all([answerAfter(a.url, USUAL_MS), answerAfter(b.url, USUAL_MS)]);
  return {
    gateway,
    slowDown: (ms) => answerAfter(a.url, ms),
    async send(seconds) {
      const calls: Promise<Seen>[] = [];
      const startedMs = performance.now();
      while (calls.length < seconds * perSecond) {
        calls.push(askOnce(gateway));
        await sleep(Math.max(0, startedMs + (calls.length * 1_000) / perSecond - performance.now()));
      }
      return Promise.all(calls);
    },
    async [Symbol.asyncDispose]() {
      try {
        await assertInvariants({ gateway });
      } finally {
        await gateway.close();
        await Promise.all([a.close(), b.close()]);
      }
    },
  };
}

async function answerAfter(url: string, ms: number): Promise<void> {
  const faults = [{ fault: { kind: 'slow-headers', ms } }];
  const { status } = await fetch(`${url}/sim/v1/faults`, { method: 'PUT', body: JSON.stringify({ faults }) });
  if (status >= 300) throw new Error(`The simulator answered ${status}.`);
}

async function askOnce(gateway: TestGateway): Promise<Seen> {
  const beganMs = performance.now();
  const body = { model: 'fast', stream: true, messages: [{ role: 'user', content: 'hi' }] };
  const response = await gateway.call('/v1/chat/completions', body);
  const tookMs = performance.now() - beganMs;
  await response.text();
  return { provider: response.headers.get('x-sluice-provider'), tookMs };
}

export function p95(calls: readonly Seen[]): number {
  return calls.map(({ tookMs }) => tookMs).toSorted((x, y) => x - y)[Math.floor(calls.length * 0.95)] ?? 0;
}

/** The share that the first provider had of the calls. */
export function shareOfFirst(calls: readonly Seen[]): number {
  return calls.filter(({ provider }) => provider === 'a').length / calls.length;
}

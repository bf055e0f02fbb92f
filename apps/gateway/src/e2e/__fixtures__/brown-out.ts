import { startSimulator } from '@sluice/simulator';
import { startGateway } from './gateway.js';
import type { TestGateway } from './gateway.js';
import { assertInvariants } from './invariants.js';
import { steadily } from './steadily.js';

export const USUAL_MS = 150;

/** `least-latency` in front of two providers that answer after as long as they are told to. */
export interface BrownOut extends AsyncDisposable {
  readonly gateway: TestGateway;
  /** How long the first takes from now on. */
  slowDown(ms: number): Promise<void>;
  /** Streams at a steady rate for so long. */
  send(seconds: number): Promise<readonly Seen[]>;
}
/** Which provider sent a stream, and how long its head took. */
export interface Seen {
  readonly value: string | null;
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
    send: (seconds) => steadily({ perSecond, times: seconds * perSecond }, () => askOnce(gateway)),
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

/** Who answered, as soon as the head is there: it goes out with the first token. */
async function askOnce(gateway: TestGateway): Promise<string | null> {
  const body = { model: 'fast', stream: true, messages: [{ role: 'user', content: 'hi' }] };
  const response = await gateway.call('/v1/chat/completions', body);
  void response.text();
  return response.headers.get('x-sluice-provider');
}

/** The share that the first provider had of the calls. */
export function shareOfFirst(calls: readonly Seen[]): number {
  return calls.filter(({ value }) => value === 'a').length / calls.length;
}

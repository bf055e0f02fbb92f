import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What came of one call. */
export interface CallSeen {
  /** Since the load began. */
  readonly sentAtMs: number;
  readonly tookMs: number;
  readonly status: number;
  /** Who answered. */
  readonly provider: string | undefined;
  readonly attempts: number;
  /** Whether any of an answer had come. */
  readonly hadContent: boolean;
  /** Whether all of it has. */
  readonly isWhole: boolean;
  readonly retryAfter: string | undefined;
}

export interface LoadOptions {
  readonly url: string;
  readonly key: string;
  /** Calls a second. */
  readonly rate: number;
  /** Each so-manieth call is a stream; 0 for none. */
  readonly streamEvery?: number;
}

/** Calls of the alias `fast` at an even rate, over connections that stay open, until it is stopped. */
export interface EvenLoad {
  /** Those that have ended so far, in that order. */
  readonly seen: readonly CallSeen[];
  readonly nowMs: number;
  stop(): Promise<readonly CallSeen[]>;
}

export function startLoad(options: LoadOptions): EvenLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const seen: CallSeen[] = [];
  const running = new Set<Promise<void>>();
  const beganMs = performance.now();
  const nowMs = (): number => performance.now() - beganMs;
  const streamEvery = options.streamEvery ?? 3;
  let isStopped = false;
  const loop = (async () => {
    for (let sent = 0; !isStopped; sent += 1) {
      const stream = streamEvery > 0 && sent % streamEvery === 0;
      const sentAtMs = nowMs();
      const call: Promise<void> = callOnce(options, agent, stream)
        .then((outcome) => void seen.push({ ...outcome, sentAtMs, tookMs: nowMs() - sentAtMs }))
        .finally(() => running.delete(call));
      running.add(call);
      await sleep(Math.max(0, ((sent + 1) * 1_000) / options.rate - nowMs()));
    }
  })();
  return {
    seen,
    get nowMs() {
      return nowMs();
    },
    async stop() {
      isStopped = true;
      await loop;
      await Promise.all(running);
      agent.destroy();
      return seen;
    },
  };
}

type Outcome = Omit<CallSeen, 'sentAtMs' | 'tookMs'>;

const BROKEN: Outcome = {
  status: 0,
  provider: undefined,
  attempts: 0,
  hadContent: false,
  isWhole: false,
  retryAfter: undefined,
};

function callOnce({ url, key }: LoadOptions, agent: Agent, stream: boolean): Promise<Outcome> {
  const body = JSON.stringify({ model: 'fast', stream, messages: [{ role: 'user', content: 'Hello' }] });
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve) => {
    const req = request(`${url}/v1/chat/completions`, { method: 'POST', agent, headers }, (res) => {
      const { statusCode: status = 0 } = res;
      const header = (name: string): string | undefined => res.headers[name]?.toString();
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (piece: string) => (text += piece));
      res.once('close', () => {
        const isWhole = status === 200 && (stream ? text.endsWith('data: [DONE]\n\n') : text.endsWith('}'));
        resolve({
          status,
          provider: header('x-sluice-provider'),
          attempts: Number(header('x-sluice-attempts') ?? 0),
          hadContent: status === 200 && text !== '',
          isWhole,
          retryAfter: header('retry-after'),
        });
      });
      res.once('error', () => undefined);
    });
    req.once('error', () => resolve(BROKEN));
    req.end(body);
  });
}

/** The value that so large a share of all does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
}

import { Agent, request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Somebody who calls at an even rate, whatever becomes of the calls. */
export interface Caller {
  readonly key: string;
  /** Calls a second. */
  readonly rate: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Outcome {
  /** Its place in the list of callers. */
  readonly caller: number;
  readonly status: number;
  /** Of an error. */
  readonly code: string;
  /** In seconds; 0 without the header. */
  readonly retryAfter: number;
  /** Since the load began. */
  readonly sentAtMs: number;
  /** To the end of the answer. */
  readonly tookMs: number;
}

export interface LoadTarget {
  readonly url: string;
  readonly model: string;
}

/** Sends the calls of all for so long, and waits for every answer. */
export async function openLoop(at: LoadTarget, callers: readonly Caller[], forMs: number): Promise<readonly Outcome[]> {
  const agent = new Agent({ keepAlive: true });
  const startedMs = performance.now();
  const all = callers.map(async ({ rate, ...caller }, index) => {
    const calls: Promise<Outcome>[] = [];
    for (let sent = 0; (sent * 1_000) / rate < forMs; sent += 1) {
      await sleep(Math.max(0, startedMs + (sent * 1_000) / rate - performance.now()));
      calls.push(call({ ...at, ...caller, agent }).then((seen) => ({ ...seen, caller: index, sentAtMs: seen.sentMs - startedMs })));
    }
    return Promise.all(calls);
  });
  const outcomes = (await Promise.all(all)).flat();
  agent.destroy();
  return outcomes;
}

/** So many callers, each of whom calls again as soon as it is answered: what there is to get. Calls a second. */
export async function closedLoop(at: LoadTarget, { key, callers }: { readonly key: string; readonly callers: number }, forMs: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const startedMs = performance.now();
  let answered = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - startedMs < forMs) {
      const { status } = await call({ ...at, key, agent });
      if (status === 200) answered += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
  agent.destroy();
  return (answered * 1_000) / (performance.now() - startedMs);
}

interface OneCall extends LoadTarget {
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent: Agent;
}
type Seen = Omit<Outcome, 'caller' | 'sentAtMs'> & { readonly sentMs: number };

function call({ url, model, key, headers = {}, agent }: OneCall): Promise<Seen> {
  const sentMs = performance.now();
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': body.length, ...headers };
    const req = request(`${url}/v1/chat/completions`, { method: 'POST', agent, headers: all }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (piece: string) => (text += piece));
      res.once('error', reject);
      res.once('end', () => {
        const { statusCode: status = 0 } = res;
        const { error } = JSON.parse(text) as { readonly error?: { readonly code: string } };
        const retryAfter = Number(res.headers['retry-after'] ?? 0);
        resolve({ status, code: error?.code ?? '', retryAfter, sentMs, tookMs: performance.now() - sentMs });
      });
    });
    req.once('error', reject);
    req.end(body);
  });
}

/** The value below which that share of them is. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;
}

/** How late this process's own timers are at most, in milliseconds, while something runs: no fault of what is measured. */
export async function withLoopDelay<T>(run: () => Promise<T>): Promise<{ readonly result: T; readonly delayMs: number }> {
  const resolution = 10;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const result = await run();
  delay.disable();
  return { result, delayMs: Math.max(0, delay.max / 1e6 - resolution) };
}

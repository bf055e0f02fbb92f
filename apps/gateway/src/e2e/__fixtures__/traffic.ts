import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Calls that go on while something happens to the gateway. */
export interface Traffic {
  /** Whether this version of the configuration has answered a call. */
  hasSeen(version: string): boolean;
  /** How many have ended so far, well or not. */
  readonly answered: number;
  /** Ends the calls and tells what came of them. */
  stop(): Promise<TrafficReport>;
}
export interface TrafficReport {
  readonly answered: number;
  /** Everything that was no whole answer of status 200. */
  readonly failures: readonly string[];
  /** The versions of the configuration that answered, each once, in order. */
  readonly versions: readonly string[];
  readonly slowestMs: number;
}

export interface TrafficOptions {
  readonly url: string;
  readonly key: string;
  /** Calls a second. */
  readonly rate: number;
  readonly model: string;
  /** Each so-manieth call is a stream. Default 3. */
  readonly streamEvery?: number;
}

/** Sends chat calls at an even rate over connections that stay open, and reads every answer to its end. */
export function startTraffic(options: TrafficOptions): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const report = { answered: 0, failures: [] as string[], versions: [] as string[], slowestMs: 0 };
  const running = new Set<Promise<void>>();
  let isStopped = false;
  const loop = (async () => {
    const startedMs = performance.now();
    for (let sent = 0; !isStopped; sent += 1) {
      const call: Promise<void> = callOnce(options, agent, sent, report).finally(() => running.delete(call));
      running.add(call);
      await sleep(Math.max(0, startedMs + ((sent + 1) * 1_000) / options.rate - performance.now()));
    }
  })();
  return {
    hasSeen: (version) => report.versions.includes(version),
    get answered() {
      return report.answered;
    },
    async stop() {
      isStopped = true;
      await loop;
      await Promise.all(running);
      agent.destroy();
      return report;
    },
  };
}

interface Tally {
  answered: number;
  readonly failures: string[];
  readonly versions: string[];
  slowestMs: number;
}

// eslint-disable-next-line max-params -- what one call is made of
async function callOnce({ url, key, model, streamEvery = 3 }: TrafficOptions, agent: Agent, sent: number, tally: Tally) {
  const stream = sent % streamEvery === 0;
  const startedMs = performance.now();
  try {
    const body = JSON.stringify({ model, stream, messages: [{ role: 'user', content: `Call ${sent}` }] });
    const { status, text, version } = await post(`${url}/v1/chat/completions`, { agent, key, body });
    const isWhole = stream ? text.endsWith('data: [DONE]\n\n') : text.includes('"finish_reason":"stop"');
    if (status !== 200 || !isWhole) tally.failures.push(`${status} ${text.slice(0, 300)}`);
    if (version !== tally.versions.at(-1) && !tally.versions.includes(version)) tally.versions.push(version);
  } catch (cause) {
    tally.failures.push(String(cause));
  }
  tally.answered += 1;
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedMs);
}

interface Posting {
  readonly agent: Agent;
  readonly key: string;
  readonly body: string;
}

function post(url: string, { agent, key, body }: Posting): Promise<{ status: number; text: string; version: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': body.length };
    const req = request(url, { method: 'POST', agent, headers }, (res: IncomingMessage) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (piece: string) => (text += piece));
      res.once('error', reject);
      res.once('end', () => {
        const version = String(res.headers['x-sluice-config'] ?? '');
        resolve({ status: res.statusCode ?? 0, text, version });
      });
    });
    req.once('error', reject);
    req.end(body);
  });
}

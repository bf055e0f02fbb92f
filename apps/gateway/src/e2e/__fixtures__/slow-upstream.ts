import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { OPENAI_STREAM } from './frames.js';

/** A provider that takes its time, and counts. */
export interface SlowUpstream extends AsyncDisposable {
  /** For `baseUrl`. */
  readonly url: string;
  /** Calls that it has at the moment. */
  readonly inFlight: number;
  /** The most that it has had at once. */
  readonly peak: number;
  readonly calls: number;
  /** From now on each call takes so long. */
  take(ms: number): void;
  /** Answers everything that waits, and everything to come, at once. */
  release(): void;
}

const ANSWER = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** Answers every chat after `ms`; a stream begins then. */
export async function startSlowUpstream(ms: number): Promise<SlowUpstream> {
  let [takesMs, inFlight, peak, calls] = [ms, 0, 0, 0];
  const waiting = new AbortController();
  const server = createServer((req, res) => {
    if (req.method === 'GET') return void res.end('{"data":[]}');
    inFlight += 1;
    calls += 1;
    peak = Math.max(peak, inFlight);
    res.once('close', () => (inFlight -= 1));
    let body = '';
    req.on('data', (piece: Buffer) => (body += piece.toString()));
    req.once('end', () => {
      const over = waiting.signal.aborted ? Promise.resolve() : sleep(takesMs, undefined, { signal: waiting.signal });
      void over.catch(() => undefined).then(() => answer(res, body.includes('"stream":true')));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get inFlight() {
      return inFlight;
    },
    get peak() {
      return peak;
    },
    get calls() {
      return calls;
    },
    take: (next) => (takesMs = next),
    release: () => waiting.abort(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(res: ServerResponse, isStream: boolean): void {
  res.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
  res.end(isStream ? [...OPENAI_STREAM.opening, ...OPENAI_STREAM.ending].join('') : ANSWER);
}

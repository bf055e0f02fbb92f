import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider of chats that uses exactly what it says, and counts its calls. */
export interface PricedUpstream extends AsyncDisposable {
  /** For `baseUrl`. */
  readonly url: string;
  readonly calls: number;
  /** Streams that were begun and not ended yet. */
  readonly streaming: number;
  /** Ends the streams that are held, and holds none from now on. */
  finish(): void;
}

export interface PricedUse {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Streams begin at once and end when they are told to. */
export async function startPricedUpstream(use: PricedUse): Promise<PricedUpstream> {
  const held = new Set<ServerResponse>();
  let [calls, holds] = [0, true];
  const server = createServer((req, res) => {
    if (req.method === 'GET') return void res.end('{"data":[]}');
    calls += 1;
    let body = '';
    req.on('data', (piece: Buffer) => (body += piece.toString()));
    req.once('end', () => {
      if (!body.includes('"stream":true')) return void res.setHeader('content-type', 'application/json').end(plain(use));
      res.setHeader('content-type', 'text/event-stream').write(frame({ role: 'assistant', content: 'Hello' }, null));
      res.once('close', () => held.delete(res));
      if (holds) held.add(res);
      else end(res, use);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get calls() {
      return calls;
    },
    get streaming() {
      return held.size;
    },
    finish() {
      holds = false;
      for (const res of held) end(res, use);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function usageOf({ promptTokens, completionTokens }: PricedUse): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

function plain(use: PricedUse): string {
  const message = { role: 'assistant', content: 'Hello' };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  return JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage: usageOf(use) });
}

const CHUNK = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };

function frame(delta: object, finish: string | null): string {
  return `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

function end(res: ServerResponse, use: PricedUse): void {
  res.write(frame({}, 'stop'));
  res.end(`data: ${JSON.stringify({ ...CHUNK, choices: [], usage: usageOf(use) })}\n\ndata: [DONE]\n\n`);
}

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import type { RequestView } from '../../http/admin/request-view.js';
import { OPENAI_STREAM } from './frames.js';
import { startGatewayProcess } from './gateway.js';
import type { ProcessGateway } from './gateway.js';

/** Where a caller leaves: what its provider has sent by then, and what it sends to whoever still waits. */
export const POINTS = ['before the headers', 'after one event', 'in the middle of an event', 'before the end'] as const;
export type Point = (typeof POINTS)[number];

/** A thousand dollars for a million tokens: each of them shows in the cost. */
const MICRO_USD_PER_TOKEN = 1_000;
/** What the provider says of a whole answer. */
export const WHOLE = { inputTokens: 3, outputTokens: 2 };

const [start = '', hello = '', there = ''] = OPENAI_STREAM.opening;
const [finish = '', usage = '', done = ''] = OPENAI_STREAM.ending;
const SENT: Readonly<Record<Point, readonly [string, string]>> = {
  'before the headers': ['', start + hello + there + finish + usage + done],
  'after one event': [start + hello, there + finish + usage + done],
  'in the middle of an event': [start + hello + there.slice(0, 30), there.slice(30) + finish + usage + done],
  'before the end': [start + hello + there + finish + usage, done],
};

/** Calls by their `x-request-id`, which stands in the prompt too. */
export interface LeavingUpstream extends AsyncDisposable {
  readonly url: string;
  /** Resolves when the provider has sent what comes before the caller leaves. */
  reached(id: string): Promise<void>;
  /** When the connection of a call was closed; nothing while it is open, or where the answer was whole. */
  cutAt(id: string): number | undefined;
  /** Sends the rest of a call. */
  goOn(id: string): void;
  readonly open: number;
}

interface Held {
  readonly res: ServerResponse;
  readonly rest: string;
  cutAtMs: number | undefined;
}

export async function startLeavingUpstream(): Promise<LeavingUpstream> {
  const calls = new Map<string, Held>();
  const server = createServer((req, res) => {
    if (req.method === 'GET') return void res.setHeader('content-type', 'application/json').end('{"data":[]}');
    let body = '';
    req.on('data', (piece: Buffer) => (body += piece.toString()));
    req.once('end', () => {
      const [, point, id] = /"([^"]+)#(\w+)"/.exec(body) ?? [];
      const [sent, rest] = SENT[point as Point];
      const held: Held = { res, rest, cutAtMs: undefined };
      res.once('close', () => {
        if (!res.writableFinished) held.cutAtMs = performance.now();
      });
      if (sent !== '') res.setHeader('content-type', 'text/event-stream').write(sent);
      calls.set(id ?? '', held);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    reached: (id) => expect.poll(() => calls.has(id), { interval: 1 }).toBe(true),
    cutAt: (id) => calls.get(id)?.cutAtMs,
    goOn(id) {
      const { res, rest } = calls.get(id) as Held;
      if (!res.headersSent) res.setHeader('content-type', 'text/event-stream');
      res.end(rest);
    },
    get open() {
      return [...calls.values()].filter(({ res, cutAtMs }) => cutAtMs === undefined && !res.writableEnded).length;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A gateway in a process of its own, whose alias `fast` has this policy. */
export function startLeft(upstream: LeavingUpstream, onClientGone: 'abort' | 'drain' | { readonly drainTokens: number }) {
  return startGatewayProcess({
    providers: { up: { kind: 'openai-compatible', baseUrl: upstream.url } },
    models: { fast: { targets: [{ provider: 'up', model: 'm' }], onClientGone } },
    catalogue: { models: { 'up/m': { prices: [{ usdPerMillionTokens: { input: 1_000, output: 1_000 } }] } } },
  });
}

/** Asks, and leaves at the point: its own connection is destroyed. Returns when that was. */
export async function leaveAt(point: Point, id: string, by: { readonly gateway: ProcessGateway; readonly upstream: LeavingUpstream }) {
  const { gateway, upstream } = by;
  const asking = request(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', 'x-request-id': id },
  });
  asking.on('error', () => undefined);
  asking.end(JSON.stringify({ model: 'fast', stream: true, messages: [{ role: 'user', content: `${point}#${id}` }] }));
  if (point === 'before the headers') await upstream.reached(id);
  else {
    const [answer] = (await once(asking, 'response')) as [AsyncIterable<Buffer>];
    for await (const piece of readOn(answer)) if (piece.includes(point === 'before the end' ? '"stop"' : 'Hello')) break;
    await upstream.reached(id);
  }
  asking.destroy();
  return performance.now();
}

/** Leaving the loop does not end the reading. */
async function* readOn(answer: AsyncIterable<Buffer>): AsyncGenerator<string, undefined> {
  const reading = answer[Symbol.asyncIterator]();
  let text = '';
  for (let next = await reading.next(); !next.done; next = await reading.next()) yield (text += next.value.toString());
  return undefined;
}

/** The rows of the calls with these ids, in their order, once all of them are settled. */
export async function rowsOf(gateway: ProcessGateway, ids: readonly string[]): Promise<readonly RequestView[]> {
  let rows: readonly RequestView[] = [];
  const settled = async (): Promise<number> => {
    rows = (await gateway.rows()).filter(({ clientRequestId, state }) => state === 'settled' && ids.includes(clientRequestId ?? ''));
    return rows.length;
  };
  await expect.poll(settled, { timeout: 20_000, interval: 50 }).toBe(ids.length);
  return ids.map((id) => rows.find(({ clientRequestId }) => clientRequestId === id) as RequestView);
}

export interface Left {
  readonly rows: readonly RequestView[];
  /** From a caller's leaving to the closing of the provider's connection, the shortest first. */
  readonly closedMs: readonly number[];
}

/** So many callers, one after the other, who leave a gateway that aborts. */
export async function leaveTimes(point: Point, times: number): Promise<Left> {
  await using upstream = await startLeavingUpstream();
  await using gateway = await startLeft(upstream, 'abort');
  const ids = Array.from({ length: times }, (_, n) => `call${n}`);
  const closedMs: number[] = [];
  for (const id of ids) {
    const leftMs = await leaveAt(point, id, { gateway, upstream });
    await expect.poll(() => upstream.cutAt(id), { interval: 1 }).toBeDefined();
    closedMs.push((upstream.cutAt(id) ?? Number.POSITIVE_INFINITY) - leftMs);
  }
  return { rows: await rowsOf(gateway, ids), closedMs: closedMs.toSorted((x, y) => x - y) };
}

/** Every row 499, once, with the cost of what came. */
export function expectPartial(point: Point, { rows }: Left): void {
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  const wrong = rows.filter(({ status, errorCode, provider, inputTokens, outputTokens, costMicroUsd, usageSource }) => {
    const tokens = (inputTokens ?? 0) + (outputTokens ?? 0);
    const isWritten = point === 'before the headers' ? outputTokens === 0 : (outputTokens ?? 0) > 0;
    const isSure = usageSource === (point === 'before the end' ? 'provider' : 'estimated');
    const isPriced = (inputTokens ?? 0) > 0 && costMicroUsd === tokens * MICRO_USD_PER_TOKEN;
    return !(status === 499 && errorCode === 'client_closed_request' && provider === 'up' && isWritten && isSure && isPriced);
  });
  expect(wrong).toEqual([]);
}

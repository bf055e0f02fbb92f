import { describe, expect, it } from 'vitest';
import type { RequestView } from '../http/admin/request-view.js';
import { FAULTS, answering, catalogueWith, startPriceServer } from '../prices/__fixtures__/price-server.js';
import type { Behaviour, PriceServer } from '../prices/__fixtures__/price-server.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

const CHAT = {
  ...{ id: 'c', object: 'chat.completion', created: 1, model: 'gpt-5-mini' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1_000_000, completion_tokens: 2, total_tokens: 1_000_002 },
};

/** Chats are answered once `answered` resolves, and lists of models never are. */
async function startUpstream(): Promise<PriceServer & { answered: Promise<void>; asked: () => void }> {
  const chat: Behaviour = (res, { url }) => {
    if (url !== '/v1/chat/completions') return void res.writeHead(404).end('{}');
    upstream.asked();
    void upstream.answered.then(() => answering(CHAT)(res, res.req));
  };
  const server = await startPriceServer(chat);
  const upstream = Object.assign(server, { answered: Promise.resolve(), asked: (): void => undefined });
  return upstream;
}

const start = (chats: PriceServer, prices: PriceServer): Promise<TestGateway> =>
  startGateway({
    providers: { openai: { kind: 'openai', baseUrl: `${chats.url}/v1` } },
    models: { fast: { targets: [{ provider: 'openai', model: 'gpt-5-mini' }] } },
    catalogue: { source: { url: `${prices.url}/prices.json?token=hush` } },
  });

type Json = Readonly<Record<string, unknown>>;

async function admin({ url, adminKey }: TestGateway, path: string, body?: Json): Promise<readonly [number, Json]> {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const answer = await fetch(`${url}/admin/v1/${path}`, { headers, ...init });
  return [answer.status, (await answer.json()) as Json];
}
const refresh = (gateway: TestGateway, body: Json = {}) => admin(gateway, 'catalogue/refresh', body);
const ask = (gateway: TestGateway): Promise<Response> =>
  gateway.call('/v1/chat/completions', { model: 'fast', messages: [{ role: 'user', content: 'Hi' }] });

/** What one more request costs: a million tokens in, and two out at 2. */
async function cost(gateway: TestGateway): Promise<string | null> {
  const answer = await ask(gateway);
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
  return answer.headers.get('x-sluice-cost-usd');
}

describe('catalogue.source', () => {
  it('prices requests, and goes on with the last good catalogue whatever becomes of it', async () => {
    await using chats = await startUpstream();
    await using prices = await startPriceServer(answering(catalogueWith(0.5)));
    await using gateway = await start(chats, prices);
    expect(await refresh(gateway)).toMatchObject([200, { source: `${prices.url}/prices.json` }]);
    expect(await cost(gateway)).toBe('0.500004');
    const [, before] = await admin(gateway, 'catalogue');
    for (const [what, fault, reason] of FAULTS) {
      prices.behave = fault;
      const [status, { error }] = await refresh(gateway);
      expect([what, status, error]).toEqual([
        ...[what, 400],
        expect.objectContaining({ message: expect.stringContaining(`stays in force: `) as string }),
      ]);
      const [, shown] = await admin(gateway, 'catalogue');
      expect(shown).toMatchObject({ version: before['version'], confirmedAt: before['confirmedAt'] });
      expect(shown['lastFailure']).toMatchObject({ reason: expect.stringContaining(reason) as string });
      expect([what, await cost(gateway)]).toEqual([what, '0.500004']);
    }
    expect(prices.led).toBe(0);
    const metrics = await gateway.metrics();
    expect(metrics).toContain(`sluice_catalogue_refresh_failed_total ${FAULTS.length}`);
    expect(metrics).toContain('sluice_catalogue_refresh_ok 0');
    prices.behave = answering(catalogueWith(50));
    expect(await refresh(gateway, { acceptPriceChanges: true })).toMatchObject([
      200,
      { changed: true, lastFailure: null },
    ]);
    expect(await cost(gateway)).toBe('50.000004');
    expect(gateway.logText()).not.toContain('hush');
  });

  it('that never answers keeps nobody waiting', async () => {
    await using chats = await startUpstream();
    await using prices = await startPriceServer(() => undefined);
    await using gateway = await start(chats, prices);
    expect(await cost(gateway)).toBe('0.250004');
    const [, shown] = await admin(gateway, 'catalogue');
    expect(shown).toMatchObject({ source: null, confirmedAt: null, lastFailure: null });
  });

  it('prices a request to its end by what was in force at its beginning; the next one by what is then', async () => {
    await using chats = await startUpstream();
    await using prices = await startPriceServer(answering(catalogueWith(0.5)));
    await using gateway = await start(chats, prices);
    await refresh(gateway);
    const [gate, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    Object.assign(chats, { answered: gate.promise, asked: asked.resolve });
    const slow = ask(gateway);
    await asked.promise;
    prices.behave = answering(catalogueWith(0.75));
    expect(await refresh(gateway)).toMatchObject([200, { changed: true }]);
    gate.resolve();
    expect((await slow).headers.get('x-sluice-cost-usd')).toBe('0.500004');
    expect(await cost(gateway)).toBe('0.750004');
    const [next, first] = await gateway.rows();
    expect([next, first].map((row) => standardInput(row))).toEqual([750_000, 500_000]);
    expect(next?.priceVersion).not.toBe(first?.priceVersion);
  });
});

function standardInput(row: RequestView | undefined): number | undefined {
  return row?.prices?.find(({ tier }) => tier === null)?.picoUsd['input'];
}

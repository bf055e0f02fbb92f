import type { LedgerIntent, LedgerSettlement } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { ask, bodyOf } from '../../__fixtures__/route-call.js';
import type { ShownBodies } from '../../history/request-history.js';
import { temporaryStore } from '../../__fixtures__/store.js';
import { shownRequestView } from './request-view.js';
import { createRequestRoutes } from './requests.js';

const START_MS = Date.parse('2026-01-01T00:00:00Z');

function intent(number: number): LedgerIntent {
  return {
    id: `req-${number}`,
    startedAtMs: START_MS + number * 60_000,
    keyId: 'key_1',
    keyName: 'ci',
    tenant: 'default',
    team: 'search',
    tags: ['eu'],
    route: '/v1/chat/completions',
    requestedModel: 'fast',
    stream: false,
  };
}

const SETTLEMENT: LedgerSettlement = {
  id: 'req-1',
  settledAtMs: START_MS + 61_000,
  status: 200,
  provider: 'sim',
  model: 'echo',
  attempts: [
    { provider: 'openai', model: 'gpt', errorCode: 'upstream_timeout', durationMs: 5 },
    { provider: 'sim', model: 'echo', status: 200, durationMs: 1, key: 4 },
  ],
  inputTokens: 3,
  outputTokens: 4,
  cachedTokens: 0,
  costMicroUsd: 11,
  prices: [{ picoUsd: { input: 1_000_000, output: 2_000_000 } }],
  usageSource: 'provider',
  durationMs: 7,
};

/** Three requests, a minute apart; the first has ended. */
const NOTHING: ShownBodies = { bodies: 'off', request: null, response: null };
const history = {
  find: (id: string): ShownBodies => (id === 'req-1' ? { bodies: 'kept', request: 'Hi', response: 'Ho' } : NOTHING),
};

function requestRoutes(flush: () => Promise<void> = () => Promise.resolve()) {
  const { ledger: rows } = temporaryStore();
  rows.append({ intents: [intent(1), intent(2), intent(3)], settlements: [SETTLEMENT] });
  return createRequestRoutes({ rows, history, ledger: { flush } });
}

async function list(query = ''): Promise<{ readonly ids: string[]; readonly nextCursor: string | null }> {
  return listFrom(requestRoutes(), query);
}

async function listFrom(routes: ReturnType<typeof requestRoutes>, query: string) {
  const page = bodyOf(await ask(routes, 'listRequests', { query }));
  const rows = page['data'] as { id: string }[];
  return { ids: rows.map(({ id }) => id), nextCursor: page['nextCursor'] as string | null };
}

const ALONE = { hedge: false, abandoned: false, costMicroUsd: null };

describe('GET /admin/v1/requests', () => {
  it('lists requests, newest first', async () => {
    expect(await list()).toEqual({ ids: ['req-3', 'req-2', 'req-1'], nextCursor: null });
  });

  it('gives one page after the other', async () => {
    const routes = requestRoutes();
    const first = await listFrom(routes, 'limit=2');
    expect(first.ids).toEqual(['req-3', 'req-2']);
    expect(await listFrom(routes, `limit=2&cursor=${first.nextCursor}`)).toEqual({ ids: ['req-1'], nextCursor: null });
  });

  it.each(['2026-01-01T00:02:00Z', '2026-01-01T01:02:00%2B01:00', String(START_MS + 120_000)])(
    'leaves out what began before %s',
    async (since) => {
      expect((await list(`since=${since}`)).ids).toEqual(['req-3', 'req-2']);
    },
  );

  it('shows a request that has ended with all that is known of it', async () => {
    const row = shownRequestView.parse(bodyOf(await ask(requestRoutes(), 'getRequest', { params: { id: 'req-1' } })));
    expect(row).toMatchObject({
      id: 'req-1',
      state: 'settled',
      status: 200,
      key: 'key_1',
      keyName: 'ci',
      tenant: 'default',
      team: 'search',
      user: null,
      endUser: null,
      tags: ['eu'],
      provider: 'sim',
      model: 'echo',
      requestedModel: 'fast',
      inputTokens: 3,
      outputTokens: 4,
      costMicroUsd: 11,
      priceVersion: expect.stringMatching(/^[\w-]{8,}$/) as string,
      prices: [{ tier: null, aboveInputTokens: null, picoUsd: { input: 1_000_000, output: 2_000_000 } }],
      usageSource: 'provider',
      startedAt: '2026-01-01T00:01:00.000Z',
      settledAt: '2026-01-01T00:01:01.000Z',
      bodies: 'kept',
      request: 'Hi',
      response: 'Ho',
    });
    expect(row.attempts).toEqual([
      {
        provider: 'openai',
        model: 'gpt',
        status: null,
        errorCode: 'upstream_timeout',
        durationMs: 5,
        continues: false,
        providerKey: null,
        ...ALONE,
      },
      {
        provider: 'sim',
        model: 'echo',
        status: 200,
        errorCode: null,
        durationMs: 1,
        continues: false,
        providerKey: 4,
        ...ALONE,
      },
    ]);
  });

  it('shows a request that still runs as open', async () => {
    const row = shownRequestView.parse(bodyOf(await ask(requestRoutes(), 'getRequest', { params: { id: 'req-2' } })));
    expect(row).toMatchObject({ state: 'open', status: null, model: null, attempts: [], settledAt: null, ...NOTHING });
  });

  it('writes what is pending before it looks', async () => {
    const { ledger: rows } = temporaryStore();
    const flush = async () => rows.append({ intents: [intent(9)], settlements: [] });
    const routes = createRequestRoutes({ rows, history, ledger: { flush } });
    expect((await listFrom(routes, '')).ids).toEqual(['req-9']);
  });

  it('still shows what is there when nothing can be written', async () => {
    const routes = requestRoutes(() => Promise.reject(new Error('disk full')));
    expect((await listFrom(routes, 'limit=1')).ids).toEqual(['req-3']);
  });

  it('knows no other request', async () => {
    const question = { params: { id: '__proto__' } };
    await expect(ask(requestRoutes(), 'getRequest', question)).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['limit=0', 'invalid_value', 'limit'],
    ['limit=1001', 'invalid_value', 'limit'],
    ['limit=ten', 'invalid_value', 'limit'],
    ['since=yesterday', 'invalid_value', 'since'],
    ['since=9999999999999999', 'invalid_value', 'since'],
    ['cursor=%00', 'invalid_value', 'cursor'],
    ['limit=1&limit=2', 'invalid_value', 'limit'],
    ['page=2', 'unknown_parameter', 'page'],
  ])('refuses ?%s', async (query, code, param) => {
    await expect(ask(requestRoutes(), 'listRequests', { query })).rejects.toMatchObject({ code, details: { param } });
  });
});

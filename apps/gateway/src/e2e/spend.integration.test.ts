import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import type { SpendView } from '../spend/view.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

const USAGE = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };
const ANSWER = {
  ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: USAGE,
};
/** Of a thousand tokens at one dollar a million, and a hundred at ten. */
const COST = 2_000;
const FORMULAS = [`=cmd|' /C calc'!A0`, '@SUM(A1:A9)', '+1+1', '-2+3'];

type Body = Readonly<Record<string, unknown>>;

async function startPriced(url: string): Promise<TestGateway> {
  return startGateway({
    providers: { up: { kind: 'openai-compatible', baseUrl: `${url}/v1`, apiKey: { env: 'UPSTREAM_KEY' } } },
    models: { fast: { targets: [{ provider: 'up', model: 'm' }] } },
    catalogue: { models: { 'up/m': { prices: [{ usdPerMillionTokens: { input: 1, output: 10 } }] } } },
  });
}

async function admin(
  { url, adminKey }: TestGateway,
  path: string,
  { body, key = adminKey }: { readonly body?: Body; readonly key?: string } = {},
): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return fetch(`${url}/admin/v1/${path}`, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
}

async function chat(
  { url }: TestGateway,
  key: string,
  { tags, ...more }: Body & { readonly tags?: string } = {},
): Promise<void> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(tags && { 'x-sluice-tags': tags }),
    },
    body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }], ...more }),
  });
  expect([answer.status, (await answer.json()) as Body]).toMatchObject([200, { usage: USAGE }]);
}

interface Page {
  readonly data: readonly SpendView[];
  readonly total: { readonly requests: number; readonly costMicroUsd: number };
}

describe('GET /admin/v1/spend', () => {
  it('tells the owner of each organisation what its own requests cost, and the operator all of it', async () => {
    await using upstream = await fakeUpstream(reply().json({ data: [] }), reply().json(ANSWER));
    await using gateway = await startPriced(upstream.url);
    await admin(gateway, 'orgs', { body: { id: 'acme', name: 'Acme' } });
    await admin(gateway, 'teams', { body: { id: 'search', org: 'acme', name: 'Search' } });
    const acme = await gateway.createKey({ name: 'acme', org: 'acme', team: 'search' });
    const owner = await gateway.createKey({ name: 'owner', org: 'acme', role: 'owner' });
    await chat(gateway, gateway.key, { metadata: { tags: ['eu', 'batch'] } });
    await chat(gateway, acme, { user: 'ann', tags: 'eu' });
    await chat(gateway, acme);
    const read = async (query: string, key?: string) =>
      (await (await admin(gateway, `spend?${query}`, key === undefined ? {} : { key })).json()) as Page;
    expect(await read('by=org,team')).toMatchObject({
      data: [
        { org: 'acme', team: 'search', requests: 2, costMicroUsd: 2 * COST, inputTokens: 2_000, outputTokens: 200 },
        { org: 'default', team: null, requests: 1, costMicroUsd: COST, usageSources: { provider: 1 } },
      ],
      total: { requests: 3, costMicroUsd: 3 * COST },
    });
    expect((await read('by=tag')).data.map(({ tag, costMicroUsd }) => [tag, costMicroUsd])).toEqual([
      [null, COST],
      ['batch', COST],
      ['eu', 2 * COST],
    ]);
    const own = await read('by=org,endUser,alias,provider,model', owner);
    expect(own).toMatchObject({
      data: [
        { org: 'acme', endUser: null, alias: 'fast', provider: 'up', model: 'm', requests: 1 },
        { org: 'acme', endUser: 'ann', alias: 'fast', provider: 'up', model: 'm', requests: 1 },
      ],
      total: { requests: 2, costMicroUsd: 2 * COST },
    });
    expect(await read('by=key&org=default', owner)).toEqual(await read('by=key&org=nobody', owner));
    const rows = await gateway.rows();
    expect(rows.reduce((sum, row) => sum + (row.costMicroUsd ?? 0), 0)).toBe(3 * COST);
  });

  it('J-41: no cell of an export is a formula, whoever chose its text', async () => {
    await using upstream = await fakeUpstream(reply().json({ data: [] }), reply().json(ANSWER));
    await using gateway = await startPriced(upstream.url);
    for (const formula of FORMULAS) {
      const key = await gateway.createKey({ name: formula });
      await chat(gateway, key, { user: formula, metadata: { tags: [`${formula} tag`] } });
    }
    const answer = await admin(gateway, 'spend?by=key,endUser,tag,alias&format=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const [head, ...lines] = (await answer.text()).trimEnd().split('\r\n');
    expect([head?.split(',').slice(0, 5), lines.length]).toEqual([['key', 'keyName', 'endUser', 'tag', 'alias'], 4]);
    const cells = lines.flatMap((line) => line.split(','));
    expect(cells.filter((cell) => /^"?[=+\-@\t\r]/.test(cell))).toEqual([]);
    for (const formula of FORMULAS) expect(cells.filter((cell) => cell === `'${formula}`)).toHaveLength(2);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithPostgres, fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { startMachine } from './__fixtures__/shared-ledger.js';

const ANSWER = {
  ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm', service_tier: 'flex' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: {
    ...{ prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
    completion_tokens_details: { reasoning_tokens: 60 },
  },
};
/** A thousand in, forty of the hundred out written and sixty thought, in the flex tier. */
const AT = { before: 1_000 + 400 + 600, after: 500 + 200 + 900 };

const configOf = (
  url: string,
  rates: { readonly input: number; readonly output: number; readonly reasoning: number },
) => ({
  providers: { up: { kind: 'openai-compatible' as const, baseUrl: `${url}/v1`, apiKey: { env: 'UPSTREAM_KEY' } } },
  catalogue: {
    models: {
      'up/m': {
        prices: [{ usdPerMillionTokens: { input: 9, output: 9 } }, { tier: 'flex', usdPerMillionTokens: rates }],
      },
    },
  },
});

async function admin<T>({ url, adminKey }: ProcessGateway, path: string, body?: object): Promise<T> {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const answer = await fetch(`${url}/admin/v1/${path}`, { headers, ...init });
  expect([path, answer.status, answer.ok ? '' : await answer.clone().text()]).toEqual([path, 200, '']);
  return (await answer.json()) as T;
}

interface Page {
  readonly data: readonly { readonly id: string; readonly object?: string }[];
  readonly total: { readonly costMicroUsd: number };
}

describe('POST /admin/v1/spend/recost', () => {
  it('appends what requests cost by the prices of today; the rows stay, and the sums have both', async () => {
    await using upstream = await fakeUpstream(reply().json({ data: [] }), reply().json(ANSWER));
    const first = configOf(upstream.url, { input: 1, output: 10, reasoning: 10 });
    await using gateway = await startGatewayProcess(first, { env: { UPSTREAM_KEY: 'sk-upstream' } });
    const answer = await gateway.call('/v1/chat/completions', {
      ...{ model: 'up/m', messages: [{ role: 'user', content: 'Hi' }] },
    });
    expect(answer.status).toBe(200);
    const { data } = await admin<Page>(gateway, 'requests');
    const id = data[0]?.id ?? '';
    const before = await admin<Record<string, unknown>>(gateway, `requests/${id}`);
    expect(before).toMatchObject({ costMicroUsd: AT.before, adjustments: [] });

    const next = configOf(upstream.url, { input: 0.5, output: 5, reasoning: 15 });
    writeFileSync(join(gateway.folder, 'sluice.yaml'), JSON.stringify(next));
    await admin(gateway, 'config/reload', {});
    const range = { since: '2026-01-01', provider: 'up' };
    const found = { requests: 1, adjusted: 1, microUsd: AT.after - AT.before };
    expect(await admin(gateway, 'spend/recost', { ...range, dryRun: true })).toMatchObject(found);
    expect(await admin(gateway, 'spend/recost', range)).toMatchObject({ dryRun: false, ...found });
    expect(await admin(gateway, 'spend/recost', range)).toMatchObject({ adjusted: 0, unchanged: 1, microUsd: 0 });

    const { adjustments, ...row } = await admin<Record<string, unknown>>(gateway, `requests/${id}`);
    expect({ ...row, adjustments: [] }).toEqual(before);
    expect(adjustments).toEqual([
      {
        ...{ id: `${id}#1`, microUsd: AT.after - AT.before },
        ...{ madeAt: expect.any(String) as string, priceVersion: expect.stringMatching(/^[0-9a-f]{16}$/) as string },
      },
    ]);
    expect((await admin<Page>(gateway, 'spend')).total.costMicroUsd).toBe(AT.after);
    const audit = await admin<{ data: readonly { action: string }[] }>(gateway, 'audit?action=recostSpend');
    expect(audit.data).toHaveLength(3);
  });
});

describeWithPostgres('requests that are priced again just before PostgreSQL is killed', (postgres) => {
  it(
    'are in the sums of the machine, and in its own when it is back, each adjustment once',
    { timeout: 120_000 },
    async () => {
      const url = await postgres.server.createDatabase();
      await using gateway = await startMachine(url);
      for (const words of ['One.', 'Two, two.']) {
        const body = { model: 'fast', messages: [{ role: 'user', content: words }] };
        await (await gateway.call('/v1/chat/completions', body)).text();
      }
      const sum = async (): Promise<number> => (await admin<Page>(gateway, 'spend')).total.costMicroUsd;
      const before = await sum();
      const { models } = gateway.config;
      const prices = [{ usdPerMillionTokens: { input: 2_000.02, output: 6_666.66 } }];
      const next = { models, catalogue: { models: { 'sim/echo': { prices } } } };
      writeFileSync(join(gateway.folder, 'sluice.yaml'), JSON.stringify(next));
      await admin(gateway, 'config/reload', {});
      const range = { since: '2026-01-01' };
      const { adjusted, microUsd } = await admin<{ adjusted: number; microUsd: number }>(
        gateway,
        'spend/recost',
        range,
      );
      await postgres.server.kill();
      expect([adjusted, microUsd > 0]).toEqual([2, true]);
      expect(await sum()).toBe(before + microUsd);
      await postgres.server.start();
      const inPostgres = async (): Promise<string> =>
        postgres.server
          .sql(url, 'SELECT count(*), sum(micro_usd) FROM sluice.ledger_adjustments')
          .catch((cause: unknown) => String(cause));
      await expect.poll(inPostgres, { timeout: 30_000 }).toBe(`2|${microUsd}`);
      expect(await sum()).toBe(before + microUsd);
      expect(await admin(gateway, 'spend/recost', range)).toMatchObject({ adjusted: 0, unchanged: 2 });
    },
  );
});

import { ADMIN, createKeyAdmin } from '@sluice/auth';
import { TargetStatsTable } from '@sluice/core';
import type { Snapshot } from '@sluice/core';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { ask, bodyOf } from '../../__fixtures__/route-call.js';
import { temporaryStore } from '../../__fixtures__/store.js';
import { createExplainRoute, explanationView } from './explain.js';

const EMPTY: Snapshot = {
  version: 'v1',
  providers: new Map(),
  aliases: new Map(),
  defaultPolicy: { retries: { max: 0, sameTarget: 0, retryAfterMaxMs: 0 }, fallbackOn: new Set() },
};

function explaining() {
  const clock = createManualClock();
  const { keys: records, tenancy } = temporaryStore();
  const keys = createKeyAdmin({ keys: records, tenancy, pepper: 'pepper', prefix: 'sk-', clock });
  const circuits = {
    admit: () => undefined,
    retryAfterMs: () => 0,
    keyRetryAfterMs: () => 0,
    state: () => 'closed' as const,
  };
  const ports = { clock, stats: new TargetStatsTable(), random: () => 0, circuits };
  return { keys, routes: [createExplainRoute({ keys, current: () => ({ snapshot: EMPTY, ports }) })] };
}
const body = { model: 'x', messages: [{ role: 'user', content: 'hi' }] };

describe('/admin/v1/explain', () => {
  it('is for operators, and answers a refusal as an explanation', async () => {
    const { routes } = explaining();
    expect(routes.map(({ method, path, access }) => `${method} ${path} ${access}`)).toEqual([
      'POST /admin/v1/explain explain:read',
    ]);
    const answer = await ask(routes, 'explainRequest', { body: { body } });
    expect(explanationView.parse(bodyOf(answer))).toMatchObject({
      model: 'x',
      alias: null,
      candidates: [],
      error: { code: 'model_not_found', param: 'model' },
    });
  });

  it('decides as for a key, where one is named', async () => {
    const { keys, routes } = explaining();
    const { record } = keys.create({ name: 'ci', models: ['only'] }, ADMIN);
    const answer = await ask(routes, 'explainRequest', { body: { body, key: record.id } });
    expect(bodyOf(answer)).toMatchObject({ error: { message: expect.not.stringContaining('providers:') as string } });
    await expect(ask(routes, 'explainRequest', { body: { body, key: 'key_none' } })).rejects.toMatchObject({
      code: 'invalid_value',
      details: { param: 'key' },
    });
  });

  it.for([
    [{}, 'missing_required_parameter', 'body'],
    [{ body, rout: '/' }, 'unknown_parameter', 'rout'],
    [{ body, route: '/v1/nothing' }, 'invalid_value', 'route'],
    [{ body: { model: 'x' } }, 'missing_required_parameter', 'messages'],
  ] as const)('refuses %j', async ([input, code, param]) => {
    await expect(ask(explaining().routes, 'explainRequest', { body: input })).rejects.toMatchObject({
      code,
      details: { param },
    });
  });
});

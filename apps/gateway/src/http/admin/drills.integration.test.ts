import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { ask, bodyOf } from '../../__fixtures__/route-call.js';
import { parseConfig } from '../../config/parse-config.js';
import { systemClock } from '../../system-clock.js';
import { createDrillRoutes } from './drills.js';

const CONFIG = {
  providers: { a: { kind: 'openai' }, b: { kind: 'anthropic' } },
  models: {
    fast: {
      targets: [{ provider: 'a', model: 'gpt-5-mini' }],
      fallbacks: [{ provider: 'b', model: 'claude-haiku-4-5' }],
    },
  },
};

function setUp() {
  const config = parseConfig(CONFIG, { env: { NODE_ENV: 'production' }, cwd: '/' });
  return createDrillRoutes({ config: () => config, clock: systemClock });
}

describe('/admin/v1/drills', () => {
  it('is for who may', () => {
    expect(setUp().map(({ method, path, access }) => `${method} ${path} ${access}`)).toEqual([
      'GET /admin/v1/drills drills:run',
      'POST /admin/v1/drills drills:run',
    ]);
  });

  it('names every scenario', async () => {
    const { data } = bodyOf(await ask(setUp(), 'listDrills')) as { data: readonly object[] };
    expect(data).toContainEqual({
      name: 'stalled-stream',
      rows: ['F9'],
      benchmark: null,
      summary: 'The provider of the first target falls silent after 20 tokens.',
    });
    expect(data).toContainEqual(expect.objectContaining({ name: 'benchmark-cut', benchmark: 'S08', rows: [] }));
  });

  it('runs one and says what callers would have seen', async () => {
    const answer = await ask(setUp(), 'runDrill', { body: { scenario: 'refuses-connections', aliases: ['fast'] } });
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(bodyOf(answer)).toMatchObject({
      scenarios: [
        {
          name: 'refuses-connections',
          results: [
            { alias: 'fast', kind: 'stream', verdict: 'rescued', whole: 3, failedAfterMs: null, benchmark: null },
            { alias: 'fast', kind: 'plain', verdict: 'rescued' },
          ],
        },
      ],
      skipped: [],
      unclean: 0,
    });
  });

  it('runs one at a time', async () => {
    const routes = setUp();
    const body = { scenario: 'no-usage' };
    const first = ask(routes, 'runDrill', { body });
    await expect(ask(routes, 'runDrill', { body })).rejects.toSatisfy((cause) => isGatewayError(cause, 'overloaded'));
    expect((await first).status).toBe(200);
    expect((await ask(routes, 'runDrill', { body })).status).toBe(200);
  });

  it.for([
    [{}, 'missing_required_parameter', 'scenario'],
    [{ scenario: 'nonsense' }, 'invalid_value', 'scenario'],
    [{ scenario: 'all', aliases: ['slow'] }, 'invalid_value', 'aliases'],
    [{ scenario: 'all', aliases: [] }, 'invalid_value', 'aliases'],
    [{ scenario: 'all', at: 'c' }, 'invalid_value', 'at'],
    [{ scenario: 'all', more: 1 }, 'unknown_parameter', 'more'],
  ] as const)('refuses %j', async ([body, code, param]) => {
    await expect(ask(setUp(), 'runDrill', { body })).rejects.toMatchObject({ code, details: { param } });
  });
});

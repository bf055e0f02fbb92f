import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

describe('a drill of a gateway that serves', () => {
  it('calls no provider, and leaves neither a row nor an open circuit nor a place that is taken', async () => {
    await using upstream = await fakeUpstream(reply().json({ object: 'list', data: [] }));
    await using gateway = await startGateway({
      providers: { real: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, maxConcurrent: 1 } },
      models: { fast: { targets: [{ provider: 'real', model: 'm' }], timeouts: { totalMs: 20_000 } } },
    });
    await upstream.received();
    const headers = { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' };
    const admin = async (path: string, init: RequestInit = {}): Promise<unknown> =>
      (await fetch(`${gateway.url}${path}`, { headers, ...init })).json();
    const body = JSON.stringify({ scenario: 'refuses-connections' });
    expect(await admin('/admin/v1/drills', { method: 'POST', body })).toMatchObject({
      standIns: [{ provider: 'real' }],
      scenarios: [{ results: [{ alias: 'fast', verdict: 'clean-errors' }, { verdict: 'clean-errors' }] }],
    });
    expect(await admin('/admin/v1/breakers')).toEqual({ data: [] });
    expect(await gateway.rows()).toEqual([]);
    // The list of its models, which was asked for at the start.
    expect(upstream.requests).toHaveLength(1);
  });

  it('is for operators alone', async () => {
    await using gateway = await startGateway();
    const ask = (init: RequestInit) => fetch(`${gateway.url}/admin/v1/drills`, init);
    const asCaller = { headers: { authorization: `Bearer ${gateway.key}` } };
    const statuses = [await ask({}), await ask(asCaller), await ask({ ...asCaller, method: 'POST', body: '{}' })];
    expect(statuses.map(({ status }) => status)).toEqual([401, 403, 403]);
  });
});

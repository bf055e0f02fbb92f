import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import type { HealthReport } from '../health/provider-health.js';
import { startGateway } from './__fixtures__/gateway.js';
import { OutageProvider } from './__fixtures__/outage-provider.js';
import { startProcess } from './__fixtures__/process.js';

async function health(url: string, adminKey: string): Promise<HealthReport> {
  const answer = await fetch(`${url}/health/providers`, { headers: { authorization: `Bearer ${adminKey}` } });
  return (await answer.json()) as HealthReport;
}

function configOf(a: OutageProvider, b: OutageProvider) {
  return {
    providers: {
      a: { kind: 'openai-compatible' as const, baseUrl: a.url, probe: { everyMs: 1_000 } },
      b: { kind: 'openai-compatible' as const, baseUrl: b.url },
    },
    models: {
      fast: {
        targets: [
          { provider: 'a', model: 'm' },
          { provider: 'b', model: 'm' },
        ],
      },
    },
    breaker: { consecutiveFailures: 2 },
  };
}

describe('a provider that is probed', () => {
  it('is known to be down before the first request, and to be back without one', async () => {
    const [a, b] = [new OutageProvider(), new OutageProvider()];
    await Promise.all([a.up(), b.up()]);
    await using gateway = await startGateway(configOf(a, b));
    const stateOfA = async () => (await health(gateway.url, gateway.adminKey)).providers[0]?.keys[0];
    await expect.poll(stateOfA).toMatchObject({ state: 'up', reasons: [], probe: { ok: true } });
    await a.down();
    // Degraded, or down already where the machine was busy for as long as between two probes.
    const probeFailed: unknown = expect.objectContaining({
      cause: 'probe_failed',
      errorCode: 'upstream_connection_error',
    });
    await expect.poll(stateOfA, { interval: 20 }).toMatchObject({
      state: expect.stringMatching(/^(?:degraded|down)$/) as unknown,
      reasons: expect.arrayContaining([probeFailed]) as unknown,
      probe: { ok: false },
    });
    await expect.poll(stateOfA).toMatchObject({ state: 'down' });
    const answer = await gateway.call('/v1/chat/completions', {
      model: 'fast',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    const { headers } = answer;
    expect([answer.status, headers.get('x-sluice-provider'), headers.get('x-sluice-attempts')]).toEqual([
      200,
      'b',
      '1',
    ]);
    await a.up();
    await expect.poll(stateOfA).toMatchObject({ state: 'up', probe: { ok: true } });
    expect([a.calls, (await gateway.rows()).length]).toEqual([0, 1]);
    await Promise.all([a.down(), b.down()]);
  });

  it('goes on being probed when the configuration changes, until it is no longer to be', async () => {
    const [a, b] = [new OutageProvider(), new OutageProvider()];
    await Promise.all([a.up(), b.up()]);
    const cwd = temporaryDir();
    const config = configOf(a, b);
    const write = (content: object): void => writeFileSync(join(cwd, 'sluice.yaml'), JSON.stringify(content));
    write(config);
    await using sluice = startProcess({ cwd, env: { SLUICE_ADMIN_KEY: ADMIN_KEY } });
    const url = await sluice.listening();
    const probe = async () => (await health(url, ADMIN_KEY)).providers[0]?.keys[0]?.probe;
    const version = async () => {
      const answer = await fetch(`${url}/admin/v1/config`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
      return ((await answer.json()) as { readonly version: string }).version;
    };
    await expect.poll(probe).toMatchObject({ ok: true });
    const first = await version();
    write({ ...config, limits: { profiles: { default: { requestsPerMinute: 100 } } } });
    await expect.poll(version, { interval: 20 }).not.toBe(first);
    // What it has found is still there.
    expect(await probe()).toMatchObject({ ok: true });
    await a.down();
    await expect.poll(probe).toMatchObject({ ok: false });
    const { probe: _, ...unprobed } = config.providers.a;
    write({ ...config, providers: { ...config.providers, a: unprobed } });
    await expect.poll(probe).toBeUndefined();
    await a.up();
    const before = a.lists;
    await sleep(1_300);
    expect(a.lists).toBe(before);
    await Promise.all([a.down(), b.down()]);
  });
});

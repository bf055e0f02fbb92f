import { openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { createGateway } from '../index.js';
import type { Gateway, GatewayConfig } from '../index.js';

function open(config: GatewayConfig): Gateway {
  const dataDir = temporaryDir();
  const gateway = createGateway(config, { dataDir, env: {}, logFd: openSync(join(dataDir, 'log'), 'a') });
  onTestFinished(() => gateway.close());
  return gateway;
}

function ask(gateway: Gateway, model: string, more: object = {}): Promise<Response> {
  return gateway.fetch('http://gateway/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello there' }], ...more }),
  });
}

describe('providers.*.faults of a simulator', () => {
  const limited = { kind: 'status', status: 429, retryAfter: { form: 'seconds', ms: 7_000 } };

  it('hold for that provider alone, whatever model is asked', async () => {
    const gateway = open({
      providers: { bad: { kind: 'sim', faults: [{ fault: limited }] }, good: { kind: 'sim' } },
      models: {
        fast: { targets: [{ provider: 'bad', model: 'echo' }], fallbacks: [{ provider: 'good', model: 'echo' }] },
      },
    });
    for (const model of ['bad/echo', 'bad/tokens-5']) {
      const response = await ask(gateway, model);
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
    }
    const rescued = await ask(gateway, 'fast');
    expect([rescued.status, rescued.headers.get('x-sluice-provider')]).toEqual([200, 'good']);
  });

  it('count requests, and end', async () => {
    const faults = [{ times: 1, fault: { kind: 'cut', afterTokens: 2 } }];
    const gateway = open({ providers: { bad: { kind: 'sim', faults } } });
    const cut = await (await ask(gateway, 'bad/echo', { stream: true })).text();
    const whole = await (await ask(gateway, 'bad/echo', { stream: true })).text();
    expect([cut.includes('upstream_truncated'), cut.includes('[DONE]')]).toEqual([true, false]);
    expect(whole).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('are other faults after a reload', async () => {
    const config = (faults: readonly object[]) => ({ providers: { bad: { kind: 'sim', faults } } });
    const gateway = open(config([{ fault: { kind: 'status', status: 400 } }]));
    const before = (await ask(gateway, 'bad/echo')).status;
    gateway.reload(config([]));
    expect([before, (await ask(gateway, 'bad/echo')).status]).toEqual([400, 200]);
  });
});

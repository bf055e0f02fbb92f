import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from './__fixtures__/admin-key.js';
import { temporaryDir } from './__fixtures__/temporary-dir.js';
import { createGateway } from './index.js';
import type { Gateway, GatewayConfig } from './index.js';

const OPENAI_ANSWER = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const ANSWER = reply().json(OPENAI_ANSWER);

interface Opened {
  readonly gateway: Gateway;
  readonly log: () => string;
}

function open(config: GatewayConfig = {}, secrets: Readonly<Record<string, string>> = {}): Opened {
  const dataDir = temporaryDir();
  const logPath = join(dataDir, 'log');
  const logFd = openSync(logPath, 'a');
  const gateway = createGateway(config, { dataDir, env: { ...secrets, SLUICE_ADMIN_KEY: ADMIN_KEY }, logFd });
  onTestFinished(async () => {
    await gateway.close();
    closeSync(logFd);
  });
  return { gateway, log: () => readFileSync(logPath, 'utf8') };
}

async function upstream(...answers: readonly [Reply, ...Reply[]]): Promise<FakeUpstream> {
  const server = await fakeUpstream(...answers);
  onTestFinished(() => server.close());
  return server;
}

const at = ({ url }: Pick<FakeUpstream, 'url'>, path = '/v1') =>
  ({ kind: 'openai-compatible', baseUrl: `${url}${path}` }) as const;
const alias = (provider: string, model = 'm') => ({ models: { fast: { targets: [{ provider, model }] } } });
const onSim = (model = 'echo'): GatewayConfig => alias('sim', model);

function chat({ fetch }: Gateway, model = 'fast', stream = false): Promise<Response> {
  const body = JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Hello there' }] });
  const headers = { 'content-type': 'application/json' };
  return fetch('http://gateway/v1/chat/completions', { method: 'POST', headers, body });
}

async function versionOf(answer: Promise<Response>): Promise<string | null> {
  const { headers } = await answer;
  return headers.get('x-sluice-config');
}

async function admin({ fetch }: Gateway, path: string, method = 'GET'): Promise<Response> {
  return fetch(`http://gateway${path}`, { method, headers: { 'x-api-key': ADMIN_KEY } });
}

describe('a reload', () => {
  it('serves the new configuration at once, under its own version', async () => {
    const { gateway } = open(onSim());
    const before = await versionOf(chat(gateway));
    const { version, changed } = gateway.reload({
      models: { quick: { targets: [{ provider: 'sim', model: 'echo' }] } },
    });
    const answer = await chat(gateway, 'quick');
    expect([changed, answer.status, answer.headers.get('x-sluice-config')]).toEqual([true, 200, version]);
    expect(version).not.toBe(before);
    expect((await chat(gateway)).status).toBe(404);
  });

  it('changes nothing where the configuration says the same, in whatever order', async () => {
    const { gateway } = open({ ...onSim(), cache: { enabled: true } });
    const before = await versionOf(chat(gateway));
    expect(gateway.reload({ cache: { enabled: true }, ...onSim() })).toEqual({
      version: before,
      changed: false,
      restartNeeded: [],
    });
  });

  it('lets a stream end under the version that it began with', async () => {
    const { gateway } = open(onSim('pace-200'));
    const answer = await chat(gateway, 'fast', true);
    const { version } = gateway.reload({});
    expect(answer.headers.get('x-sluice-config')).not.toBe(version);
    expect(await answer.text()).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('names settings that need a restart', async () => {
    const { gateway, log } = open();
    const changed = {
      server: { port: 4999 },
      idempotency: { maxBytes: 1_048_576 },
      telemetry: { metrics: { enabled: false } },
    };
    const expected = ['server.port', 'idempotency.maxBytes', 'telemetry.metrics.enabled'];
    expect(gateway.reload(changed).restartNeeded).toEqual(expected);
    expect(await (await admin(gateway, '/admin/v1/config')).json()).toMatchObject({ restartNeeded: expected });
    await expect.poll(log).toContain('"settings":["server.port","idempotency.maxBytes","telemetry.metrics.enabled"]');
  });

  it('counts with new limits and a new level of the log', async () => {
    const { gateway, log } = open({ telemetry: { logs: { level: 'error' } } });
    await chat(gateway, 'sim/echo');
    gateway.reload({ server: { bodyLimitBytes: 10 } });
    expect((await chat(gateway, 'sim/echo')).status).toBe(413);
    await expect.poll(log).toContain('"status":413');
    expect(log()).not.toContain('"status":200');
  });
});

describe('a configuration that cannot serve', () => {
  const faulty = { models: { fast: { targets: [{ provider: 'none', model: 'm' }] } } };

  it('is refused with all that is wrong with it, and the last good one serves on', async () => {
    const { gateway } = open(onSim());
    const before = await versionOf(chat(gateway));
    expect(() => gateway.reload(faulty)).toThrow(
      'config error at models.fast.targets[0].provider: there is no provider "none"',
    );
    expect(await versionOf(chat(gateway))).toBe(before);
  });

  it('is counted, logged and shown until a good one comes', async () => {
    const { gateway, log } = open(onSim());
    const figures = async () => {
      const text = await (await admin(gateway, '/metrics')).text();
      return ['reload_ok', 'reload_failed_total'].map(
        (name) => new RegExp(`^sluice_config_${name} (\\d)$`, 'm').exec(text)?.[1],
      );
    };
    expect(await figures()).toEqual(['1', '0']);
    expect(() => gateway.reload(faulty)).toThrow();
    expect(await figures()).toEqual(['0', '1']);
    const problems = [{ path: 'models.fast.targets[0].provider', reason: 'there is no provider "none"' }];
    expect(await (await admin(gateway, '/admin/v1/config')).json()).toMatchObject({
      reloads: { changed: 0, failed: 1 },
      lastFailure: { problems },
    });
    gateway.reload({});
    expect(await figures()).toEqual(['1', '1']);
    expect(await (await admin(gateway, '/admin/v1/config')).json()).not.toHaveProperty('lastFailure');
    await expect.poll(log).toContain('"msg":"configuration loaded"');
    expect(log().match(/configuration refused/g)).toHaveLength(1);
  });

  it('shows nothing that looks like a key', async () => {
    const { gateway, log } = open();
    const key = 'sk-proj-Abcdefgh1234567890';
    expect(() => gateway.reload({ [key]: 1 } as GatewayConfig)).toThrow('[redacted]');
    expect(await (await admin(gateway, '/admin/v1/config')).text()).not.toContain(key.slice(8));
    await expect.poll(log).toContain('configuration refused');
    expect(log()).not.toContain(key.slice(8));
  });
});

describe('POST /admin/v1/config/reload', () => {
  it("is refused where the configuration is a program's", async () => {
    const answer = await admin(open().gateway, '/admin/v1/config/reload', 'POST');
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'invalid_value' } }]);
  });
});

describe('what outlives a reload', () => {
  it('is the sockets of a provider that stays, though its timeouts and the aliases change', async () => {
    const up = await upstream(ANSWER);
    const { gateway } = open({ providers: { up: at(up) }, ...alias('up') });
    await (await chat(gateway)).text();
    const before = up.acceptedConnections;
    gateway.reload({ providers: { up: { ...at(up), timeouts: { totalMs: 9_000 } } }, ...alias('up', 'other') });
    await (await chat(gateway)).text();
    expect(up.acceptedConnections).toBe(before);
  });

  it('is the open circuit of a provider that stays, and not of one that moved', async () => {
    const up = await upstream(reply().status(500).json({ error: {} }));
    const providers = { up: at(up) };
    const breaker = { consecutiveFailures: 1, halfOpenAfterMs: 30_000 };
    const { gateway } = open({ providers, ...alias('up'), breaker });
    const codeOf = async (): Promise<unknown> =>
      ((await (await chat(gateway)).json()) as { error: { code: string } }).error.code;
    await codeOf();
    gateway.reload({ providers: { ...providers, more: at(up) }, ...alias('up'), breaker });
    expect(await codeOf()).toBe('no_healthy_provider');
    gateway.reload({ providers: { up: at(up, '/v2') }, ...alias('up'), breaker });
    expect(await codeOf()).toBe('upstream_invalid_response');
  });

  it('is that a key of a provider was refused, and not of one whose keys have changed', async () => {
    const refusal = reply().status(401).json({ error: {} });
    const up = await upstream(reply().json({ data: [] }), refusal, ANSWER);
    const configOf = (first: string, more: GatewayConfig['providers'] = {}): GatewayConfig => ({
      providers: { up: { ...at(up), apiKeys: [{ env: first }, { env: 'B' }] }, ...more },
      ...alias('up'),
    });
    const { gateway } = open(configOf('A'), { A: 'key-a', B: 'key-b', C: 'key-c' });
    await up.received(1);
    /** The keys of the next three requests. */
    const asked = async (): Promise<unknown> => {
      const before = up.requests.length;
      for (let i = 0; i < 3; i += 1) await (await chat(gateway)).text();
      const calls = up.requests.slice(before).filter(({ method }) => method === 'POST');
      return calls.map(({ headers }) => headers['authorization']?.slice('Bearer key-'.length)).join('');
    };
    expect(await asked()).toBe('abbb');
    gateway.reload(configOf('A', { more: at(up) }));
    expect(await asked()).toBe('bbb');
    gateway.reload(configOf('C'));
    expect(await asked()).toBe('cbc');
  });

  it('is what a key has used of its limit', async () => {
    const limits = { profiles: { default: { requestsPerMinute: 1 } } };
    const { gateway } = open({ ...onSim(), limits });
    const made = await gateway.fetch('http://gateway/admin/v1/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"ci"}',
    });
    const { key } = (await made.json()) as { key: string };
    const call = async () => {
      const init = { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } };
      const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }] });
      return (await gateway.fetch('http://gateway/v1/chat/completions', { ...init, body })).status;
    };
    expect(await call()).toBe(200);
    gateway.reload({ ...onSim('json'), limits });
    expect(await call()).toBe(429);
    gateway.reload({ ...onSim('json'), limits: { profiles: { default: { requestsPerMinute: 5 } } } });
    expect(await call()).toBe(200);
  });
});

describe('what a reload takes away', () => {
  const half = reply().sse(
    'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]}\n\n',
  );

  it('is the sockets of a provider that is gone, once its calls have ended', async () => {
    const rest =
      'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    const up = await upstream(half.delay(300).sse(rest));
    const { gateway } = open({ providers: { up: at(up) }, ...alias('up') });
    const answer = await chat(gateway, 'fast', true);
    gateway.reload(onSim());
    expect(up.openConnections).toBeGreaterThan(0);
    expect(await answer.text()).toMatch(/data: \[DONE\]\n\n$/);
    expect(await up.closedWithin(3_000)).toBe(true);
  });

  it('ends with an error when its time to drain is over', async () => {
    const up = await upstream(half.silence());
    const { gateway } = open({ providers: { up: at(up) }, ...alias('up') });
    const answer = await chat(gateway, 'fast', true);
    gateway.reload({ ...onSim(), server: { drainTimeoutMs: 100 } });
    expect(await answer.text()).toContain('"code":"draining"');
    expect(await up.closedWithin(20_000)).toBe(true);
  });

  it('ends with an error when more than three versions are alive, the oldest first', async () => {
    const up = await upstream(half.silence());
    const providers = { up: at(up) };
    const models = (name: string) => ({ providers, models: { [name]: { targets: [{ provider: 'up', model: 'm' }] } } });
    const { gateway } = open(models('a'));
    const answers = [await chat(gateway, 'a', true)];
    for (const name of ['b', 'c', 'd']) {
      gateway.reload(models(name));
      answers.push(await chat(gateway, name, true));
    }
    expect(await answers[0]?.text()).toContain('"code":"draining"');
    const shown = async () =>
      ((await (await admin(gateway, '/admin/v1/config')).json()) as { generations: number }).generations;
    await expect.poll(shown).toBe(3);
    for (const { body } of answers.slice(1)) await body?.cancel();
  });
});

describe('the places of a provider', () => {
  const bounded = (url: string, maxConcurrent: number): GatewayConfig => ({
    providers: { up: { ...at({ url }), maxConcurrent, queue: { maxWaitMs: 0 } } },
  });

  it('are taken still after a change of how many there are', async () => {
    const up = await upstream(reply().silence());
    const { gateway } = open(bounded(up.url, 2));
    void chat(gateway, 'up/m').catch(() => undefined);
    await up.received(1);
    gateway.reload(bounded(up.url, 1));
    const refused = await chat(gateway, 'up/m');
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: 'overloaded' } }]);
    gateway.reload(bounded(up.url, 2));
    void chat(gateway, 'up/m').catch(() => undefined);
    await up.received(2);
    expect((await chat(gateway, 'up/m')).status).toBe(503);
    await up.close();
  });
});

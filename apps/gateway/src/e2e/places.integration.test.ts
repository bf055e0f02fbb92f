import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { codeOf, metric } from './__fixtures__/read-answers.js';
import { startSlowUpstream } from './__fixtures__/slow-upstream.js';
import type { SlowUpstream } from './__fixtures__/slow-upstream.js';

/** Longer than any of these tests. */
const LONG_MS = 60_000;

interface Rig extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly upstream: SlowUpstream;
  /** A chat, which is under way or in line when this has resolved. */
  chat(init?: RequestInit & { readonly stream?: boolean; readonly model?: string }): Promise<Response>;
  line(): Promise<number>;
}

/** A provider with one place, at which calls stay until they are let go. */
async function rig(settings: object = {}, models: object = {}): Promise<Rig> {
  const upstream = await startSlowUpstream(LONG_MS);
  const up = {
    kind: 'openai-compatible',
    baseUrl: upstream.url,
    maxConcurrent: 1,
    queue: { maxWaitMs: 10_000 },
    ...settings,
  };
  const gateway = await startGateway({ providers: { up }, models: models as never });
  return {
    gateway,
    upstream,
    chat: ({ stream = false, model = 'up/m', ...init } = {}) =>
      gateway.call('/v1/chat/completions', { model, stream, messages: [{ role: 'user', content: 'Hello' }] }, init),
    line: () => metric(gateway, 'sluice_queue_length{queue="provider",name="up"}'),
    async [Symbol.asyncDispose]() {
      upstream.release();
      await gateway.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

describe('a provider with one place', () => {
  it('has one call at a time, and the next when that has ended', async () => {
    await using setup = await rig();
    const { chat, upstream, line } = setup;
    const first = chat();
    await expect.poll(() => upstream.inFlight).toBe(1);
    const second = chat();
    await expect.poll(line).toBe(1);
    upstream.release();
    expect([(await first).status, (await second).status, upstream.peak]).toEqual([200, 200, 1]);
    expect(await line()).toBe(0);
  });

  it('lets the next one in when the caller of a stream leaves', async () => {
    await using setup = await rig();
    const { chat, upstream, line } = setup;
    const leaving = new AbortController();
    const first = chat({ stream: true, signal: leaving.signal });
    await expect.poll(() => upstream.inFlight).toBe(1);
    const second = chat();
    await expect.poll(line).toBe(1);
    leaving.abort();
    await expect(first).rejects.toThrow();
    await expect.poll(() => upstream.calls).toBe(2);
    upstream.release();
    expect((await second).status).toBe(200);
  });

  it('forgets at once who leaves the line', async () => {
    await using setup = await rig();
    const { chat, upstream, line, gateway } = setup;
    const first = chat();
    await expect.poll(() => upstream.inFlight).toBe(1);
    const leaving = new AbortController();
    const second = chat({ signal: leaving.signal });
    await expect.poll(line).toBe(1);
    leaving.abort();
    await expect(second).rejects.toThrow();
    await expect.poll(line).toBe(0);
    upstream.release();
    expect((await first).status).toBe(200);
    expect(upstream.calls).toBe(1);
    await expect.poll(async () => (await gateway.rows()).map(({ status }) => status)).toEqual([499, 200]);
  });

  it('counts calls in the own words of its API', async () => {
    await using setup = await rig({ queue: { maxWaitMs: 0 } });
    const { chat, upstream, gateway } = setup;
    const raw = () => gateway.call('/passthrough/up/chat/completions', { model: 'm', messages: [] });
    const first = raw();
    await expect.poll(() => upstream.inFlight).toBe(1);
    const [second, third] = [await chat(), await raw()];
    expect([second.status, await codeOf(second), third.status, await codeOf(third)]).toEqual([
      503,
      'overloaded',
      503,
      'overloaded',
    ]);
    upstream.release();
    expect((await first).status).toBe(200);
    expect((await raw()).status).toBe(200);
  });

  it('serves what waits before a gateway stops', async () => {
    await using setup = await rig();
    const { chat, upstream, line, gateway } = setup;
    const both = [chat(), chat()];
    await expect.poll(line).toBe(1);
    const drained = gateway.drain();
    upstream.release();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    await drained;
  });
});

describe('without a place in time', () => {
  it('the answer is a 503 that says when to come back, and probes and operators are served', async () => {
    await using setup = await rig({ queue: { maxWaitMs: 50 } });
    const { chat, upstream, gateway } = setup;
    const first = chat();
    await expect.poll(() => upstream.inFlight).toBe(1);
    const refused = await chat();
    expect([refused.status, Number(refused.headers.get('retry-after')) >= 1]).toEqual([503, true]);
    expect(refused.headers.get('x-should-retry')).toBeNull();
    expect(await codeOf(refused)).toBe('overloaded');
    expect(await metric(gateway, 'sluice_queue_refused_total{queue="provider",name="up"}')).toBe(1);
    expect(await metric(gateway, 'sluice_concurrency_limit{target="up"}')).toBe(1);
    const headers = { authorization: `Bearer ${gateway.adminKey}` };
    for (const path of ['/health/live', '/health/ready', '/health/providers', '/metrics', '/admin/v1/breakers']) {
      expect((await fetch(gateway.url + path, { headers })).status).toBe(200);
    }
    upstream.release();
    expect((await first).status).toBe(200);
  });

  it('a fallback for that is asked, and nobody else is blamed', async () => {
    await using setup = await rig(
      { queue: { maxWaitMs: 0 } },
      {
        fast: {
          targets: [{ provider: 'up', model: 'm' }],
          fallbacks: [{ provider: 'sim', model: 'echo', on: ['overloaded'] }],
        },
      },
    );
    const { chat, upstream, gateway } = setup;
    const first = chat({ model: 'fast' });
    await expect.poll(() => upstream.inFlight).toBe(1);
    const cheaper = await chat({ model: 'fast' });
    expect([cheaper.status, cheaper.headers.get('x-sluice-model')]).toEqual([200, 'echo']);
    expect(cheaper.headers.get('x-sluice-attempts')).toBe('1');
    upstream.release();
    expect((await first).headers.get('x-sluice-provider')).toBe('up');
    const headers = { authorization: `Bearer ${gateway.adminKey}` };
    expect(await (await fetch(`${gateway.url}/admin/v1/breakers`, { headers })).text()).not.toContain('"open"');
  });
});

describe('priority', () => {
  it('puts the urgent requests of a key first', async () => {
    await using setup = await rig({ queue: { maxWaiting: 10, maxWaitMs: 10_000 } });
    const { chat, upstream, line, gateway } = setup;
    const ended: string[] = [];
    const asking = async (priority: string): Promise<void> => {
      const headers = {
        authorization: `Bearer ${gateway.key}`,
        'content-type': 'application/json',
        'x-sluice-priority': priority,
      };
      await (await chat({ headers })).text();
      ended.push(priority);
    };
    const first = chat();
    await expect.poll(() => upstream.inFlight).toBe(1);
    const waiting: Promise<void>[] = [];
    for (const priority of ['low', 'normal', 'high']) {
      waiting.push(asking(priority));
      await expect.poll(line).toBe(waiting.length);
    }
    upstream.release();
    await Promise.all([first, ...waiting]);
    expect(ended).toEqual(['high', 'normal', 'low']);
  });

  it('is one of three words', async () => {
    await using setup = await rig();
    const { gateway, chat } = setup;
    const headers = {
      authorization: `Bearer ${gateway.key}`,
      'content-type': 'application/json',
      'x-sluice-priority': 'urgent',
    };
    const answer = await chat({ headers });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_value', param: 'x-sluice-priority' } });
  });
});

it('explains how the places of a target stand', async () => {
  await using setup = await rig(
    {},
    {
      fast: {
        strategy: 'least-busy',
        targets: [
          { provider: 'up', model: 'm' },
          { provider: 'sim', model: 'echo' },
        ],
      },
    },
  );
  const { chat, upstream, gateway } = setup;
  const first = chat();
  await expect.poll(() => upstream.inFlight).toBe(1);
  const answer = await fetch(`${gateway.url}/admin/v1/explain`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ body: { model: 'fast', messages: [{ role: 'user', content: 'hi' }] } }),
  });
  expect(await answer.json()).toMatchObject({
    candidates: [
      { provider: 'sim', places: null, reason: 'Calls in flight: 0; weight 1.' },
      {
        provider: 'up',
        places: { taken: 1, limit: 1, waiting: 0 },
        reason: 'Calls in flight: 1; places taken: 1 of 1, waiting: 0; weight 1.',
      },
    ],
  });
  upstream.release();
  expect((await first).status).toBe(200);
});

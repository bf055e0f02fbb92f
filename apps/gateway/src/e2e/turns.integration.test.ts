import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import { codeOf, metric } from './__fixtures__/read-answers.js';
import { startSlowUpstream } from './__fixtures__/slow-upstream.js';

/** Longer than any of these tests. */
const LONG_MS = 60_000;

describe('a key whose profile has a queue', () => {
  const limits = {
    profiles: {
      patient: { concurrent: 1, queue: { maxWaitMs: 20_000, maxWaiting: 2 } },
      hasty: { requestsPerMinute: 1, queue: { maxWaitMs: 1_000 } },
    },
  };

  /** Calls with a key of that profile, at a provider without a bound. */
  async function patientRig(profile: string) {
    const upstream = await startSlowUpstream(LONG_MS);
    const gateway = await startGateway({
      providers: { up: { kind: 'openai-compatible', baseUrl: upstream.url } },
      limits,
    });
    const headers = {
      authorization: `Bearer ${await gateway.createKey({ name: profile, profile })}`,
      'content-type': 'application/json',
    };
    return {
      gateway,
      upstream,
      chat: (init: RequestInit = {}) =>
        gateway.call(
          '/v1/chat/completions',
          { model: 'up/m', messages: [{ role: 'user', content: 'Hello' }] },
          { headers, ...init },
        ),
      line: () => metric(gateway, 'sluice_queue_length{queue="limits",name=""}'),
      async [Symbol.asyncDispose]() {
        upstream.release();
        await gateway.close();
        await upstream[Symbol.asyncDispose]();
      },
    };
  }

  it('has its requests wait for each other, and refuses what its line has no room for', async () => {
    await using setup = await patientRig('patient');
    const { chat, upstream, line, gateway } = setup;
    const first = chat();
    await expect.poll(() => upstream.inFlight).toBe(1);
    const waiting = [chat(), chat()];
    await expect.poll(line).toBe(2);
    const refused = await chat();
    expect([refused.status, await codeOf(refused)]).toEqual([429, 'concurrency_limit_exceeded']);
    // Another key is not kept waiting, nor has what waits a row.
    const others = gateway.call('/v1/chat/completions', {
      model: 'up/m',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    await expect.poll(() => upstream.inFlight).toBe(2);
    expect((await gateway.rows()).length).toBe(2);
    upstream.release();
    expect((await Promise.all([first, others, ...waiting])).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await line()).toBe(0);
  });

  it('forgets at once who leaves its line', async () => {
    await using setup = await patientRig('patient');
    const { chat, upstream, line } = setup;
    const first = chat();
    await expect.poll(() => upstream.inFlight).toBe(1);
    const leaving = new AbortController();
    const left = chat({ signal: leaving.signal }).catch((cause: unknown) => String(cause));
    await expect.poll(line).toBe(1);
    leaving.abort();
    expect(await left).toContain('Abort');
    await expect.poll(line).toBe(0);
    upstream.release();
    expect([(await first).status, upstream.calls]).toEqual([200, 1]);
  });

  it('does not wait for a minute that is too far away', async () => {
    await using setup = await patientRig('hasty');
    const { chat, upstream } = setup;
    upstream.release();
    expect((await chat()).status).toBe(200);
    const refused = await chat();
    expect([refused.status, await codeOf(refused)]).toEqual([429, 'rate_limit_exceeded']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
  });

  it('has what waits end with the gateway, as what is in flight', async () => {
    const { chat, upstream, line, gateway } = await patientRig('patient');
    const both = [chat(), chat()];
    await expect.poll(() => upstream.inFlight).toBe(1);
    await expect.poll(line).toBe(1);
    // As after `server.drainTimeoutMs`.
    const closed = gateway.close();
    const answers = await Promise.all(both);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(await Promise.all(answers.map(codeOf))).toEqual(['draining', 'draining']);
    await closed;
    await upstream[Symbol.asyncDispose]();
  });
});

import { createHash } from 'node:crypto';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGateway } from '../gateway.js';
import { callUnread, startFlood } from './__fixtures__/flood.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

const MIB = 1_048_576;
const PIECE = 'data: {"choices":[{"index":0,"delta":{"content":"word"}}]}\n\n'.repeat(1_000);

async function gatewayTo(script: Reply): Promise<{ gateway: TestGateway; upstream: FakeUpstream }> {
  const upstream = await fakeUpstream(reply().json({ data: [] }), script);
  const gateway = await startGateway({
    providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } },
    breaker: { consecutiveFailures: 1, halfOpenAfterMs: 60_000 },
  });
  await upstream.received(1);
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  return { gateway, upstream };
}
const CHAT = '/passthrough/up/v1/chat/completions';
const question = { model: 'm', stream: true, messages: [{ role: 'user', content: 'Go' }] };

describe('a raw answer', () => {
  it('pauses the provider while its caller does not read, and loses nothing', async () => {
    const count = Math.ceil((48 * MIB) / PIECE.length);
    await using upstream = await startFlood({ opening: '', piece: PIECE, count, ending: 'data: [DONE]\n\n' });
    await using gateway = await startGateway({
      providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } },
    });
    const answer = await callUnread(gateway, CHAT, question);
    expect(await upstream.stalled()).toBeLessThan(20 * MIB);
    const got = createHash('sha256');
    for await (const bytes of answer) got.update(bytes as Buffer);
    const sent = createHash('sha256');
    for (let i = 0; i < count; i += 1) sent.update(PIECE);
    expect(got.digest('hex')).toBe(sent.update('data: [DONE]\n\n').digest('hex'));
  });

  it('ends at the provider when its caller leaves', async () => {
    const { gateway, upstream } = await gatewayTo(reply().sse([PIECE]).silence());
    const caller = new AbortController();
    const answer = await fetch(gateway.url + CHAT, {
      method: 'POST',
      body: JSON.stringify(question),
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      signal: caller.signal,
    });
    await answer.body?.getReader().read();
    caller.abort();
    expect(await upstream.wasAborted()).toBe(true);
    await expect
      .poll(() => gateway.rows())
      .toMatchObject([{ status: 499, state: 'settled', usageSource: 'estimated' }]);
  });

  it('is cut where the provider was, and opens the circuit', async () => {
    const { gateway } = await gatewayTo(
      reply().headers({ 'content-type': 'application/json', 'content-length': '100' }).raw('').body('{"a":').close(),
    );
    const answer = await gateway.call(CHAT, { ...question, stream: false });
    await expect(answer.text()).rejects.toThrow();
    expect(await gateway.rows()).toMatchObject([{ errorCode: 'upstream_truncated' }]);
    const headers = { authorization: `Bearer ${gateway.adminKey}` };
    const circuits = await fetch(`${gateway.url}/admin/v1/breakers`, { headers });
    expect(await circuits.json()).toMatchObject({ data: [{ target: 'up/m', state: 'open', failures: 1 }] });
    // A request of which no model is seen has a circuit of its own.
    expect((await gateway.call('/passthrough/up/v1/files')).status).toBe(200);
  });

  it('is no page in a browser, sets no cookie and allows no other site', async () => {
    const { gateway } = await gatewayTo(
      reply()
        .headers({
          'content-type': 'text/html',
          'set-cookie': 'a=b',
          'access-control-allow-origin': '*',
          'x-powered-by': 'x',
        })
        .body('<script>alert(1)</script>'),
    );
    const { headers } = await gateway.call('/passthrough/up/v1/page');
    const shown = ['content-security-policy', 'x-content-type-options', 'set-cookie', 'access-control-allow-origin'];
    expect([...shown, 'x-powered-by'].map((name) => headers.get(name))).toEqual([
      "sandbox; default-src 'none'",
      'nosniff',
      null,
      null,
      null,
    ]);
  });

  it('leads on to where the gateway is, and nowhere else', async () => {
    const at = async (location: string) => {
      const { gateway } = await gatewayTo(reply().status(302).headers({ location }).body(''));
      const answer = await gateway.call('/passthrough/up/v1/a/b', undefined, {
        headers: { 'x-api-key': gateway.key },
        redirect: 'manual',
      });
      return [answer.status, answer.headers.get('location')];
    };
    expect(await at('/v1/files/1?x=2')).toEqual([302, '/passthrough/up/files/1?x=2']);
    expect(await at('c')).toEqual([302, '/passthrough/up/a/c']);
    expect(await at('/admin')).toEqual([302, null]);
    expect(await at('https://evil.test/v1/files')).toEqual([302, null]);
  });

  it.for([204, 205, 304])('without a body (%d) is one', async (status) => {
    const { gateway } = await gatewayTo(
      reply().raw(`HTTP/1.1 ${status} X\r\netag: "e"\r\n${status === 205 ? 'content-length: 0\r\n' : ''}\r\n`),
    );
    const answer = await gateway.call('/passthrough/up/v1/x');
    expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([status, '', '"e"']);
  });

  it('to HEAD has the length of what GET would bring', async () => {
    const { gateway } = await gatewayTo(reply().raw('HTTP/1.1 200 X\r\ncontent-length: 123\r\n\r\n'));
    const init = { method: 'HEAD', headers: { 'x-api-key': gateway.key } };
    const answer = await gateway.call('/passthrough/up/v1/x', undefined, init);
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '123']);
  });
});

it('goes through gateway.fetch as over a socket', async () => {
  await using upstream = await fakeUpstream(reply().json({ data: [] }), reply().json({ ok: true }));
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { join } = await import('node:path');
  const { tmpdir } = await import('node:os');
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-raw-'));
  const providers = { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } };
  const gateway = createGateway({ providers, telemetry: { logs: { level: 'silent' } } }, { dataDir, env: {} });
  onTestFinished(async () => {
    await gateway.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await upstream.received(1);
  const answer = await gateway.fetch('http://sluice/passthrough/up/v1/files?limit=1');
  expect([answer.status, await answer.json(), upstream.requests[1]?.path]).toEqual([
    200,
    { ok: true },
    '/v1/files?limit=1',
  ]);
});

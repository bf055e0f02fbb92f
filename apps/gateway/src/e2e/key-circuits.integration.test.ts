import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const WHOLE = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
});
const ENV = { ONE: 'sk-one-4f9a-77b1', TWO: 'sk-two-77b1-4f9a' };

/** A provider that limits one of its keys and does not say for how long. */
async function limitsKey(key: string): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    req.resume();
    if (req.method === 'GET') return void res.end('{"data":[]}');
    const given = req.headers.authorization?.replace('Bearer ', '') ?? '';
    asked.push(given);
    res.writeHead(given === key ? 429 : 200, { 'content-type': 'application/json' });
    res.end(given === key ? '{"error":{"message":"Slow down."}}' : WHOLE);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

it('a key that is limited without a time is left out, tried with one request of many after 5 s, and then for longer', async () => {
  const upstream = await limitsKey(ENV.ONE);
  const providers = {
    a: { kind: 'openai-compatible', baseUrl: upstream.url, apiKeys: [{ env: 'ONE' }, { env: 'TWO' }] },
  };
  await using gateway = await startGateway({ providers }, ENV);
  const ask = async (): Promise<number> => {
    const messages = [{ role: 'user', content: 'Hello' }];
    const answer = await gateway.call('/v1/chat/completions', { model: 'a/m', messages });
    await answer.text();
    return answer.status;
  };
  const restMs = async (): Promise<number | undefined> => {
    const headers = { authorization: `Bearer ${gateway.adminKey}` };
    const answer = await fetch(`${gateway.url}/admin/v1/breakers`, { headers });
    const { data } = (await answer.json()) as { data: { target: string; retryAfterMs: number }[] };
    return data.find(({ target }) => target === 'a/m#0')?.retryAfterMs;
  };
  const statuses: number[] = [];
  for (let i = 0; i < 4; i += 1) statuses.push(await ask());
  const before = upstream.asked.splice(0);
  await expect.poll(restMs, { interval: 50, timeout: 6_000 }).toBe(0);
  statuses.push(...(await Promise.all(Array.from({ length: 20 }, ask))));
  expect(statuses).toEqual(statuses.map(() => 200));
  expect(before.filter((key) => key === ENV.ONE)).toHaveLength(1);
  expect(upstream.asked.filter((key) => key === ENV.ONE)).toHaveLength(1);
  expect(await restMs()).toBeGreaterThan(8_000);
});

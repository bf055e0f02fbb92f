import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { request, chat } from './__fixtures__/corpus/bad-input.js';
import type { Asked } from './__fixtures__/corpus/bad-input.js';
import { startGateway } from './__fixtures__/gateway.js';
import { openRaw } from './__fixtures__/raw-socket.js';

const CANARY = 'canary-5a1f0c77-in-a-prompt';
const FAKE = '\r\n{"level":"fatal","msg":"forged"}';
const ANSI = '\u001b[2J\u001b]0;x\u0007';

/** Class L: what would be a line, a label or a header of its own. */
const INPUTS: readonly (readonly [string, Asked])[] = [
  ['L-01 a model', { body: chat({ model: `up/x${FAKE}` }) }],
  ['L-01 an end user', { body: chat({ user: `x${FAKE}` }) }],
  ['L-01 a user agent', { headers: [`User-Agent: x\t{"level":"fatal","msg":"forged"}`] }],
  ['L-01 a path', { method: 'GET', path: `/v1/x${encodeURIComponent(FAKE)}` }],
  ['L-01 a request id', { headers: ['x-request-id: {"level":"fatal","msg":"forged"}'] }],
  ['L-01 tags', { body: chat({ metadata: { tags: [`x${FAKE}`] } }) }],
  ['L-02 a model', { body: chat({ model: `up/${ANSI}` }) }],
  ['L-02 a prompt', { body: chat({ messages: [{ role: 'user', content: `${ANSI}${CANARY}` }] }) }],
  ['L-04 formats', { body: chat({ model: 'up/%s%n%d%x', user: '%s%n%d' }) }],
  ['L-05 a label', { body: chat({ model: 'up/a"b}\\n{c="d' }) }],
  ['L-07 a header', { path: '/v1/models/a%0d%0aSet-Cookie:%20x', method: 'GET' }],
  ['L-08 tools', { body: chat({ tools: [{ type: 'function', function: { name: 'f', description: CANARY } }] }) }],
];
const METRIC = /^(?:#.*|\w+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? \S+|)$/i;

const ANSWER = { choices: [{ index: 0, message: { role: 'assistant', content: CANARY }, finish_reason: 'stop' }] };
const provider = (url: string) => ({
  up: { kind: 'openai-compatible', baseUrl: `${url}/v1`, apiKey: { env: 'UPSTREAM_KEY' } },
});

describe('what strangers write', () => {
  it('is never a line, a label or a header of its own, and no content is in it', async () => {
    await using upstream = await fakeUpstream(reply().json({ data: [] }), reply().json(ANSWER));
    await using gateway = await startGateway({ providers: provider(upstream.url) });
    for (const [what, asked] of INPUTS) {
      using raw = openRaw(Number(new URL(gateway.url).port));
      raw.send(request(gateway.key, asked));
      const { status, headers } = await raw.answer();
      expect([what, status < 500, 'set-cookie' in headers]).toEqual([what, true, false]);
    }
    const lines = () => gateway.logLines().filter(({ msg }) => msg === 'request');
    await expect.poll(() => lines().length).toBeGreaterThanOrEqual(INPUTS.length);
    expect(gateway.logLines().filter(({ level, msg }) => level === 'fatal' || msg === 'forged')).toEqual([]);
    expect(gateway.logText()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    expect(gateway.logText()).not.toContain(CANARY);
    const metrics = await gateway.metrics();
    expect(metrics.split('\n').filter((line) => !METRIC.test(line))).toEqual([]);
    expect(metrics).not.toContain(CANARY);
  });

  it('L-10: a key that a provider repeats in its error goes no further', async () => {
    const key = `sk-${'Zq9'.repeat(16)}`;
    const error = { error: { message: `Incorrect API key provided: ${key}.${FAKE}`, code: 'invalid_api_key' } };
    await using upstream = await fakeUpstream(reply().json({ data: [] }), reply().status(400).json(error));
    await using gateway = await startGateway({ providers: provider(upstream.url) }, { UPSTREAM_KEY: key });
    const answer = await gateway.call('/v1/chat/completions', chat());
    const text = await answer.text();
    expect([answer.status, text.includes(key), text.includes('Zq9Zq9Zq9Zq9')]).toEqual([502, false, false]);
    await expect.poll(() => gateway.logText()).toContain('"status":502');
    expect(gateway.logText()).not.toContain('Zq9Zq9Zq9Zq9');
  });
});

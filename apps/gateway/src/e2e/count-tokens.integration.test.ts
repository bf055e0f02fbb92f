import { fakeUpstream, reply } from '@sluice/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

/** Two tokens by the tables of OpenAI's models, and four for the borders of its message. */
const TEXT = 'hello world';
const gateway = await startGateway();
afterAll(() => gateway.close());

describe('tokens at a provider that does not count them', () => {
  it('are counted for clients of Anthropic, which is said', async () => {
    const { data, response } = await gateway.anthropic.messages
      .countTokens({ model: 'sim/echo', messages: [{ role: 'user', content: TEXT }] })
      .withResponse();
    expect([data.input_tokens, response.headers.get('x-sluice-adjustments')]).toEqual([6, 'count=emulated']);
  });

  it('are counted for clients of Google', async () => {
    const body = { contents: [{ parts: [{ text: TEXT }] }] };
    const answer = await gateway.call('/v1beta/models/sim/echo:countTokens', body);
    expect(await answer.json()).toEqual({ totalTokens: 6 });
  });

  it('cost nothing and are recorded', async () => {
    await gateway.call('/v1beta/models/sim/echo:countTokens', { contents: [{ parts: [{ text: 'Hi' }] }] });
    const [row] = await gateway.rows();
    expect(row).toMatchObject({ state: 'settled', status: 200, outputTokens: 0, attempts: [] });
  });
});

it('tokens at a provider that counts them are its own count', async () => {
  await using upstream = await fakeUpstream(reply().json({ data: [] }), reply().json({ input_tokens: 7 }));
  await using to = await startGateway({ providers: { up: { kind: 'anthropic', baseUrl: upstream.url } } });
  await upstream.received(1);
  const body = { contents: [{ parts: [{ text: 'x'.repeat(400) }] }] };
  const answer = await to.call('/v1beta/models/up/claude-haiku-4-5:countTokens', body);
  expect([await answer.json(), (await upstream.received(2)).path]).toEqual([
    { totalTokens: 7 },
    '/v1/messages/count_tokens',
  ]);
});

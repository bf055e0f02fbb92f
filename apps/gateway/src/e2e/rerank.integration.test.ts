import { fakeUpstream, reply } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const ANSWER =
  '{"id":"r-1","results":[{"index":1,"relevance_score":0.90},{"index":0,"relevance_score":1e-3}],"meta":{"billed_units":{"search_units":1}}}';
const BODY = { model: 'co/rerank-v4.0-pro', query: 'q', documents: ['a', 'b'] };

async function serving(answer = reply().headers({ 'content-type': 'application/json' }).body(ANSWER)) {
  const upstream = await fakeUpstream(answer);
  const gateway = await startGateway({
    providers: {
      co: { kind: 'cohere', baseUrl: upstream.url, apiKey: { env: 'UPSTREAM_KEY' } },
      local: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` },
      claude: { kind: 'anthropic', baseUrl: upstream.url },
    },
  });
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  return { gateway, sent: () => upstream.requests.find(({ path }) => path.endsWith('/rerank')) };
}

it.each(['/v1/rerank', '/v2/rerank', '/rerank'])('answers %s with the bytes of the provider', async (path) => {
  const { gateway, sent } = await serving();
  const answer = await gateway.call(path, `{"model":"co/rerank-v4.0-pro","query":"q","documents":["a","b"], "x": 1.0}`);
  expect([answer.status, await answer.text()]).toEqual([200, ANSWER]);
  expect([sent()?.path, sent()?.body.toString()]).toEqual([
    '/v2/rerank',
    '{"model":"rerank-v4.0-pro","query":"q","documents":["a","b"], "x": 1.0}',
  ]);
});

it('goes to version 1 of the provider with what only that takes', async () => {
  const { gateway, sent } = await serving();
  await gateway.call('/v1/rerank', { ...BODY, documents: [{ text: 'a' }], return_documents: true });
  expect(sent()?.path).toBe('/v1/rerank');
});

it('goes to servers that speak it beside chat', async () => {
  const { gateway, sent } = await serving();
  const answer = await gateway.call('/v1/rerank', { ...BODY, model: 'local/bge-reranker' });
  expect([answer.status, sent()?.path]).toEqual([200, '/v1/rerank']);
});

it("refuses in the dialect's own words", async () => {
  const { gateway } = await serving();
  const answer = await gateway.call('/v1/rerank', { ...BODY, documents: [] });
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    {
      id: expect.stringMatching(/^req_/) as string,
      message: expect.stringContaining('documents') as string,
      param: 'documents',
    },
  ]);
});

it('is refused where the provider ranks nothing', async () => {
  const { gateway } = await serving();
  const answer = await gateway.call('/v1/rerank', { ...BODY, model: 'claude/claude-opus-5' });
  expect(answer.status).toBe(400);
});

it("takes a provider's limit for one", async () => {
  const { gateway } = await serving(reply().status(429).headers({ 'retry-after': '2' }).json({ message: 'wait' }));
  const answer = await gateway.call('/v1/rerank', BODY);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '2']);
});

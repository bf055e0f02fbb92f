import { isGatewayError } from '@sluice/contract';
import type { ChatRequest, JsonObject, UpstreamRequest, WholeResponse } from '@sluice/contract';
import { createManualClock, createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { watsonx } from './index.js';

const HOUR = 3_600_000;
const signal = new AbortController().signal;
const ask: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], stream: false };
const PLAIN: UpstreamRequest = { method: 'POST', url: new URL('https://w.test/x'), headers: { a: 'b' }, body: '{}' };

const settingsOf = (more: JsonObject) => watsonx.settings.parse({ kind: 'watsonx', ...more });

function answer(status: number, body: unknown): WholeResponse {
  return { head: { status, headers: {} }, body: Buffer.from(JSON.stringify(body)) };
}

/** A provider whose IAM gives these answers in turn, the last one for ever. */
function provided(answers: readonly WholeResponse[], more: JsonObject = { projectId: 'p', apiKey: { env: 'K' } }) {
  const clock = createManualClock();
  const asked: UpstreamRequest[] = [];
  const send = (request: UpstreamRequest): Promise<WholeResponse> => {
    asked.push(request);
    return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1] as WholeResponse);
  };
  const secret = () => Promise.resolve('k&y');
  return { provider: watsonx.create(settingsOf(more), createProviderDeps({ clock, secret, send })), clock, asked };
}
const token = (name: string) => answer(200, { access_token: name, expires_in: 3600, token_type: 'Bearer' });
const refusal = { stage: 'status', head: { status: 401, headers: {} }, body: Buffer.from('') } as const;

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  return isGatewayError(error) ? error.code : 'none';
}

describe('the settings', () => {
  it.for([
    [{ projectId: 'p' }, true],
    [{ spaceId: 's' }, true],
    [{}, false],
    [{ projectId: 'p', spaceId: 's' }, false],
    [{ projectId: 'p', apiVersion: 'latest' }, false],
    [{ projectId: 'p', baseUrl: 'https://user@w.test' }, false],
  ] as const)('with %j are good: %s', ([more, expected]) => {
    expect(watsonx.settings.safeParse({ kind: 'watsonx', ...more }).success).toBe(expected);
  });
});

describe('a token', () => {
  it('is asked of IAM for the key, and kept', async () => {
    const { provider, asked } = provided([token('one')]);
    const sent = await Promise.all([provider.authorize(PLAIN, signal), provider.authorize(PLAIN, signal)]);
    expect(sent).toEqual(Array(2).fill({ ...PLAIN, headers: { a: 'b', authorization: 'Bearer one' } }));
    expect(asked).toMatchObject([
      {
        method: 'POST',
        url: new URL('https://iam.cloud.ibm.com/identity/token'),
        body: 'grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&response_type=cloud_iam&apikey=k%26y',
      },
    ]);
  });

  it('is replaced at its end, and after it was refused', async () => {
    const { provider, clock } = provided([token('one'), token('two'), token('three')]);
    const bearer = async () => (await provider.authorize(PLAIN, signal)).headers['authorization'];
    const first = await bearer();
    clock.advance(HOUR);
    const second = await bearer();
    clock.advance(HOUR / 2);
    provider.classify(refusal);
    expect([first, second, await bearer()]).toEqual(['Bearer one', 'Bearer two', 'Bearer three']);
  });

  it.for([
    [
      answer(400, { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' }),
      'upstream_auth_error',
    ],
    [answer(503, {}), 'overloaded'],
    [answer(429, {}), 'upstream_rate_limited'],
    [answer(200, { token: 'one' }), 'upstream_invalid_response'],
  ] as const)('that is not given is a failure: %j is %s', async ([given, code]) => {
    expect(await codeOf(provided([given]).provider.authorize(PLAIN, signal))).toBe(code);
  });

  it('cannot be asked for without the key', async () => {
    const secret = () => Promise.reject(new Error('no such variable'));
    const settings = settingsOf({ projectId: 'p', apiKey: { env: 'K' } });
    const provider = watsonx.create(settings, createProviderDeps({ secret }));
    expect(await codeOf(provider.authorize(PLAIN, signal))).toBe('upstream_auth_error');
  });

  it('is not needed where no key is set', async () => {
    const { provider, asked } = provided([token('one')], { projectId: 'p' });
    expect([await provider.authorize(PLAIN, signal), asked]).toEqual([PLAIN, []]);
    expect(provider.classify(refusal).code).toBe('upstream_auth_error');
  });
});

describe('a call', () => {
  function chatTo(model: string, more: JsonObject = { projectId: 'p' }, request: Partial<ChatRequest> = {}) {
    const { provider } = provided([], more);
    const target = { provider: 'w', model, baseUrl: provider.baseUrl };
    const sent = provider.operations.chat?.encode({ ...ask, ...request }, target).request;
    return { url: sent?.url.href, body: JSON.parse(String(sent?.body)) as JsonObject, headers: sent?.headers };
  }

  it('goes to the region, with the version of the API and who pays', () => {
    const place = { spaceId: 's', baseUrl: 'https://eu-de.ml.cloud.ibm.com/', apiVersion: '2025-01-02' };
    const { url, body } = chatTo('ibm/granite', { ...place, headers: { 'X-Team': 't' } }, { stream: true });
    expect(url).toBe('https://eu-de.ml.cloud.ibm.com/ml/v1/text/chat_stream?version=2025-01-02');
    expect(body).toMatchObject({ model_id: 'ibm/granite', space_id: 's' });
    expect([body['project_id'], body['stream']]).toEqual([undefined, undefined]);
  });

  it.for(['deployments/0a1b-2c', 'deployments/my_model'])('to %s goes to the path of the deployment', (model) => {
    const { url, body } = chatTo(model);
    expect(url).toBe(`https://us-south.ml.cloud.ibm.com/ml/v1/${model}/text/chat?version=2026-08-11`);
    expect([body['model_id'], body['project_id']]).toEqual([undefined, undefined]);
  });

  it.for(['deployments/..', 'deployments/a/b', 'deployments/a?b', 'deployments/'])(
    'to %s is one to a model',
    (model) => {
      const { url, body } = chatTo(model);
      expect([url, body['model_id']]).toEqual([
        'https://us-south.ml.cloud.ibm.com/ml/v1/text/chat?version=2026-08-11',
        model,
      ]);
    },
  );

  it('carries the headers of the operator', () => {
    expect(chatTo('m', { projectId: 'p', headers: { 'X-Team': 't' } }).headers).toMatchObject({ 'x-team': 't' });
  });

  it.for([
    [{ input: [[1, 2]] }, 'input'],
    [{ input: ['a'], dimensions: 3 }, 'dimensions'],
  ] as const)('for the embeddings %j is refused, since no vector would be right', ([request, param]) => {
    const { provider } = provided([]);
    const target = { provider: 'w', model: 'm', baseUrl: provider.baseUrl };
    expect(() => provider.operations.embed?.encode(request, target)).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param } }) as Error,
    );
  });
});

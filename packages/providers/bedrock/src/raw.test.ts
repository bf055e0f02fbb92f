import { createProviderDeps, faultOfAwsSignature } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { bedrock } from './definition.js';
import { createRawApi } from './raw.js';

const raw = createRawApi({ 'x-team': 't' });

describe('raw requests', () => {
  it.for([
    ['model/us.anthropic.claude%3A0/converse', { operation: 'chat', model: 'us.anthropic.claude:0' }],
    ['model/m/converse-stream', { operation: 'chat', model: 'm', stream: true }],
    ['model/amazon.titan-embed-text-v2%3A0/invoke', { operation: 'embed', model: 'amazon.titan-embed-text-v2:0' }],
    ['model/arn%3Aaws%3Ax%2Fy/invoke', { model: 'arn:aws:x/y', inspect: expect.any(Function) as unknown }],
    ['model/m/invoke-with-response-stream', { model: 'm' }],
    ['guardrail/g/version/1/apply', undefined],
  ] as const)('know %s', ([path, call]) => expect(raw.recognise({ method: 'POST', path })).toEqual(call));

  it.for([
    [
      { 'x-amzn-bedrock-input-token-count': '7', 'x-amzn-bedrock-output-token-count': '3' },
      { inputTokens: 7, outputTokens: 3 },
    ],
    [{ 'x-amzn-bedrock-input-token-count': '7' }, undefined],
    [{}, undefined],
  ] as const)('that invoke a model used what the headers say: %j', ([headers, usage]) => {
    const call = raw.recognise({ method: 'POST', path: 'model/m/invoke' });
    expect(call?.inspect?.(new Uint8Array(), { status: 200, headers })).toEqual(usage ? { usage } : {});
  });

  it('carry what the vendor defines, and not the signature of the caller', () => {
    const caller = { 'x-amzn-bedrock-trace': 'ENABLED', 'x-amz-date': 'd', 'x-amz-security-token': 's' };
    expect(raw.headersFor(caller)).toEqual({ 'x-team': 't', 'x-amzn-bedrock-trace': 'ENABLED' });
  });

  it.for([
    ['GET', '/async-invoke?maxResults=2&statusEquals=Completed', undefined],
    ['POST', '/model/m%3A0/invoke?b=2&a=x%20y', '{"x":1}'],
  ] as const)(
    'are signed with their query and without a type that they do not have: %s %s',
    async ([method, path, body]) => {
      const ref = { env: 'K' };
      const settings = { kind: 'bedrock', region: 'us-east-1', accessKeyId: ref, secretAccessKey: ref } as const;
      const provider = bedrock.create(settings, createProviderDeps({ secret: () => Promise.resolve('secret') }));
      const url = new URL(`https://bedrock-runtime.us-east-1.amazonaws.com${path}`);
      const request = { method, url, headers: {}, ...(body === undefined ? {} : { body }) };
      const { headers } = await provider.authorize(request, new AbortController().signal);
      const seen = { method, path, headers: { ...headers, host: url.host }, body: body ?? '' };
      expect([faultOfAwsSignature(seen, 'secret'), 'content-type' in headers]).toEqual([undefined, false]);
    },
  );
});

import { gatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CLEAN, REFUSED, asStream, codeOf, leftovers, readStream } from '../__fixtures__/bench.js';
import { TOY_RAW, createRawBench } from '../__fixtures__/raw-bench.js';
import { ASK, ASK_STREAM, JSON_HEADERS, answering, bench } from '../__fixtures__/raw-provider.js';
import { DONE, FINISH, streaming, textOf } from '../__fixtures__/scripted-transport.js';
import { configured, factsOf, snapshotOf } from '../__fixtures__/snapshots.js';
import { toyProvider } from '../__fixtures__/toy-provider.js';

it('counts as time of a failed attempt what the provider took, not what came before it', async () => {
  const run = bench([{ status: 400, headers: JSON_HEADERS, steps: ['{}'] }]);
  const readBody = () => {
    run.clock.advance(50);
    return Promise.resolve(Buffer.from(ASK));
  };
  await run.ask({}, ASK, { readBody });
  expect(run.seen.records).toMatchObject([{ durationMs: 50, attempts: [{ status: 400, durationMs: 0 }] }]);
});

describe('a raw request', () => {
  it('goes out as it came, with the credentials of the provider and without those of the caller', async () => {
    const run = bench([answering('x')]);
    const headers = {
      authorization: 'Bearer caller',
      cookie: 'a=b',
      'x-forwarded-for': '1.2.3.4',
      'x-toy': 'yes',
      'x-other': 'no',
      accept: '*/*',
      'accept-encoding': 'gzip',
    };
    await readStream(await run.ask({ method: 'PUT', path: 'v1/some/thing', search: '?a=1&a=2' }, ASK, { headers }));
    const [sent] = run.transport.requests;
    expect([sent?.method, sent?.url.href, Buffer.from(sent?.body as Uint8Array).toString()]).toEqual([
      'PUT',
      'http://upstream.test/v1/some/thing?a=1&a=2',
      ASK,
    ]);
    expect(sent?.headers).toEqual({
      accept: '*/*',
      'accept-encoding': 'identity',
      authorization: 'Bearer up',
      'content-type': 'application/json',
      traceparent: '00-t-s-01',
      'x-account': 'ours',
      'x-toy': 'yes',
    });
  });

  it('is answered as it was answered, but for the headers that are not for callers', async () => {
    const upstream = {
      ...JSON_HEADERS,
      'set-cookie': 'a=b',
      'x-toy-a': '1',
      server: 'x',
      connection: 'close',
      etag: 'e',
    };
    const run = bench([{ ...answering('x'), status: 202, headers: upstream }]);
    const answer = asStream(await run.ask({}, ASK));
    expect([answer.status, answer.headers]).toMatchObject([
      202,
      { etag: 'e', 'x-toy-a': '1', 'x-sluice-provider': 'a', 'cache-control': 'no-store' },
    ]);
    expect(Object.keys(answer.headers)).not.toEqual(expect.arrayContaining(['set-cookie']));
    expect(['server', 'connection', 'set-cookie'].filter((name) => name in answer.headers)).toEqual([]);
    expect(await readStream(answer)).toBe(textOf(answering('x')));
    expect([leftovers(run), run.seen.verdicts]).toEqual([CLEAN, ['succeed']]);
  });

  it('may be kept by caches where the provider says so', async () => {
    const run = bench([{ ...answering('x'), headers: { ...JSON_HEADERS, 'cache-control': 'max-age=60' } }]);
    const answer = asStream(await run.ask({}, ASK));
    await readStream(answer);
    expect(answer.headers['cache-control']).toBe('max-age=60');
  });

  it('is metered by what its answer says', async () => {
    const prices = [{ picoUsd: { input: 1_000_000, output: 2_000_000 } }];
    const run = bench([answering('x')], { options: { facts: { m: factsOf({ prices }) } } });
    await readStream(await run.ask({}, ASK));
    expect(run.seen.records).toMatchObject([
      {
        route: '/passthrough/{provider}',
        provider: 'a',
        model: 'm',
        inputTokens: 3,
        outputTokens: 5,
        usageSource: 'provider',
      },
    ]);
    expect(run.seen.intents).toMatchObject([{ requestedModel: 'm', stream: false }]);
  });

  it('is metered in a stream, whose bytes stay as they are', async () => {
    const odd = [': ping\n\n', 'data:{"choices":[{"index":0,"delta":{"content":"ab"}}]}\r\n\r\n', FINISH, DONE];
    const run = bench([{ ...streaming(), steps: odd }]);
    expect(await readStream(await run.ask({}, ASK_STREAM))).toBe(odd.join(''));
    expect(run.seen.records).toMatchObject([{ stream: true, usageSource: 'estimated', outputTokens: 1, status: 200 }]);
    expect(leftovers(run)).toEqual(CLEAN);
  });

  it('is metered by the codec where the vendor has a form of its own', async () => {
    const run = bench([answering('x')]);
    await readStream(await run.ask({ path: 'models/m%2Fx/chat' }, '{"say":"hi"}'));
    expect(run.seen.records).toMatchObject([{ model: 'm/x', inputTokens: 3, usageSource: 'provider' }]);
  });

  it('is metered by what the adapter reads, where that is another form', async () => {
    const inspect = () => ({ usage: { inputTokens: 7, outputTokens: 8 } });
    const raw = { ...TOY_RAW, recognise: () => ({ model: 'm', inspect }) };
    const provider = configured('a', { ...toyProvider(), raw });
    const run = createRawBench({ snapshot: snapshotOf([provider]), scripts: [answering('x')] });
    await readStream(await run.ask({ path: 'other' }, ASK));
    expect(run.seen.records).toMatchObject([{ inputTokens: 7, outputTokens: 8, usageSource: 'provider' }]);
  });

  it('has unknown usage where nobody knows the address', async () => {
    const run = bench([{ steps: ['abc'] }]);
    await readStream(await run.ask({ path: 'files/1' }));
    expect(run.seen.records).toMatchObject([{ provider: 'a', model: '', usageSource: 'unknown', status: 200 }]);
  });
});

describe('a key with a list of models', () => {
  const asked = async (models: readonly string[], body: string | undefined, path = 'chat') => {
    const run = bench([answering('x')], { principal: { models } });
    const answer = await run.ask({ path }, body);
    return answer.kind === 'stream' ? 'passes' : codeOf(answer);
  };

  it.for([
    [['a/m'], ASK, 'passes'],
    [['m'], ASK, 'passes'],
    [['a/*'], ASK, 'passes'],
    [['b/*'], ASK, 'model_not_allowed'],
    [['a/x'], ASK, 'model_not_allowed'],
    [['a/m'], '{"model":"m","models":["m","other"]}', 'model_not_allowed'],
    [['a/m'], '{"x":1,"model":"other","mod\\u0065l":"m"}', 'duplicate_key'],
    [['a/m'], '{"model":"m","model":"other"}', 'duplicate_key'],
    [['a/m'], '{"model_id":"m"}', 'passes'],
    [['a/m'], '{"model":"m","model_id":"other"}', 'model_not_allowed'],
    [['a/m'], '{"model":"m","models":["models/m","m"]}', 'passes'],
    [['*'], '{"model":"a\\u0000"}', 'invalid_value'],
    [['*'], JSON.stringify({ model: 'x'.repeat(257) }), 'invalid_value'],
    [['a/m'], '{"x":1}', 'route_not_allowed'],
    [['a/m'], undefined, 'route_not_allowed'],
    [['a/*'], undefined, 'passes'],
    [['*'], undefined, 'passes'],
  ] as const)('%j: %s', async ([models, body, outcome]) => expect(await asked(models, body)).toBe(outcome));

  it('is held against the model of the address', async () => {
    expect(await asked(['a/m'], ASK, 'models/other/chat')).toBe('model_not_allowed');
  });
});

describe('a raw request is refused', () => {
  it('for a provider that does not exist', async () => {
    const run = bench([answering('x')]);
    const answer = await run.ask({ provider: 'nobody' });
    expect([answer.status, codeOf(answer), leftovers(run)]).toEqual([404, 'not_found', REFUSED]);
  });

  it('where it leads out of the base', async () => {
    const run = bench([answering('x')]);
    const answer = await run.ask({ path: '../admin' });
    expect([answer.status, codeOf(answer), run.transport.requests.length]).toEqual([400, 'unsafe_url', 0]);
    expect(leftovers(run)).toEqual(REFUSED);
  });

  it('with a compressed body', async () => {
    const run = bench([answering('x')]);
    const answer = await run.ask({}, ASK, { headers: { 'content-encoding': 'gzip' } });
    expect(codeOf(answer)).toBe('unsupported_content_encoding');
  });

  it('where the gateway is about to stop', async () => {
    const provider = configured('a', { ...toyProvider(), raw: TOY_RAW });
    const run = createRawBench({ snapshot: snapshotOf([provider]), ports: { isRefusing: () => true } });
    expect(codeOf(await run.ask({}))).toBe('draining');
  });

  it('where its key is', async () => {
    const provider = configured('a', toyProvider());
    const authenticate = () => Promise.reject(gatewayError('invalid_api_key'));
    const run = createRawBench({ snapshot: snapshotOf([provider]), ports: { authenticator: { authenticate } } });
    expect([codeOf(await run.ask({ provider: 'nobody' })), leftovers(run)]).toEqual(['invalid_api_key', REFUSED]);
  });
});

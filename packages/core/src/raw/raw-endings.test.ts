import { describe, expect, it } from 'vitest';
import { CLEAN, asStream, bodyOf, codeOf, leftovers, left, readStream } from '../__fixtures__/bench.js';
import { ASK, ASK_STREAM, JSON_HEADERS, answering, bench } from '../__fixtures__/raw-provider.js';
import { HANG, streaming, textOf } from '../__fixtures__/scripted-transport.js';

describe('a raw failure', () => {
  it('keeps the words of the vendor', async () => {
    const script = { status: 429, headers: { ...JSON_HEADERS, 'retry-after': '7' }, steps: ['{"error":"slow"}'] };
    const run = bench([script]);
    const answer = await run.ask({}, ASK);
    expect([answer.status, answer.headers['retry-after'], bodyOf(answer)]).toEqual([429, '7', '{"error":"slow"}']);
    expect(run.seen.records).toMatchObject([{ status: 429, errorCode: 'upstream_rate_limited' }]);
    expect([leftovers(run), run.seen.verdicts]).toEqual([CLEAN, ['upstream_rate_limited']]);
  });

  it.for([401, 403])('of our credentials (%d) is never shown as one of the caller', async (status) => {
    const run = bench([{ status, headers: JSON_HEADERS, steps: ['{"error":{"message":"bad key sk-up"}}'] }]);
    const answer = await run.ask({}, ASK);
    expect([answer.status, codeOf(answer), bodyOf(answer).includes('sk-up')]).toEqual([
      502,
      'upstream_auth_error',
      false,
    ]);
    expect(leftovers(run)).toEqual(CLEAN);
  });

  it('of the connection is an error of the gateway', async () => {
    const run = bench([{ head: 'upstream_connection_error' }]);
    const answer = await run.ask({}, ASK);
    expect([answer.status, codeOf(answer), leftovers(run)]).toEqual([502, 'upstream_connection_error', CLEAN]);
    expect(run.seen.verdicts).toEqual(['upstream_connection_error']);
  });

  it('midway cuts the caller off', async () => {
    const run = bench([{ headers: JSON_HEADERS, steps: ['{"a":', { fail: 'upstream_truncated' }] }]);
    await expect(readStream(await run.ask({}, ASK))).rejects.toMatchObject({ code: 'upstream_truncated' });
    expect([leftovers(run), run.seen.verdicts]).toEqual([CLEAN, ['upstream_truncated']]);
  });

  it('is a stream that ends without its end', async () => {
    const run = bench([streaming('Hello')]);
    await expect(readStream(await run.ask({}, ASK_STREAM))).rejects.toMatchObject({ code: 'upstream_truncated' });
    expect([leftovers(run), run.seen.records[0]?.errorCode]).toEqual([CLEAN, 'upstream_truncated']);
  });

  it('inside a stream passes, and is written down', async () => {
    const frame = 'data: {"error":{"message":"no","code":"server_error"}}\n\n';
    const run = bench([{ ...streaming(), steps: [frame] }]);
    expect(await readStream(await run.ask({}, ASK_STREAM))).toBe(frame);
    expect([leftovers(run), run.seen.records[0]?.errorCode !== undefined]).toEqual([CLEAN, true]);
  });

  it('is the silence of a stream', async () => {
    const run = bench([streaming('Hello', HANG)]);
    const reading = readStream(await run.ask({}, ASK_STREAM));
    const failure = reading.catch((cause: unknown) => cause);
    await new Promise((resolve) => setImmediate(resolve));
    run.clock.advance(3_000);
    expect([await failure, leftovers(run)]).toMatchObject([{ code: 'upstream_timeout' }, CLEAN]);
  });
});

describe('what a raw request takes', () => {
  it('is given back when the caller leaves', async () => {
    const caller = new AbortController();
    const run = bench([streaming('Hello', HANG)]);
    const reading = readStream(await run.ask({}, ASK_STREAM, { signal: caller.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    caller.abort(left());
    await reading;
    expect([leftovers(run), run.seen.verdicts, run.seen.records]).toMatchObject([
      CLEAN,
      ['forget'],
      [{ status: 499, usageSource: 'estimated', outputTokens: 2 }],
    ]);
  });

  it('is given back when nobody reads the answer', async () => {
    const run = bench([streaming('Hello', HANG)]);
    await asStream(await run.ask({}, ASK_STREAM))
      .chunks[Symbol.asyncIterator]()
      .return?.();
    expect(leftovers(run)).toEqual(CLEAN);
  });

  it('is settled before the caller has the last byte', async () => {
    const text = textOf(answering('x'));
    const run = bench([{ ...answering('x'), headers: { ...JSON_HEADERS, 'content-length': String(text.length) } }]);
    const chunks = asStream(await run.ask({}, ASK)).chunks[Symbol.asyncIterator]();
    await chunks.next();
    expect(run.seen.records).toMatchObject([{ inputTokens: 3, status: 200 }]);
    await chunks.next();
    expect(leftovers(run)).toEqual(CLEAN);
  });

  it('is nothing where its circuit is open', async () => {
    const run = bench([answering('x')]);
    run.openCircuits.add('a/m');
    const answer = await run.ask({}, ASK);
    expect([codeOf(answer), run.transport.requests.length, leftovers(run)]).toEqual(['no_healthy_provider', 0, CLEAN]);
  });

  it('has no body where there is none', async () => {
    const run = bench([{ status: 200, headers: { 'content-length': '12' } }]);
    const answer = await run.ask({ method: 'HEAD' });
    expect([answer.kind, answer.headers['content-length'], bodyOf(answer), leftovers(run)]).toEqual([
      'plain',
      '12',
      '',
      CLEAN,
    ]);
  });
});

import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CLEAN, asStream, leftovers, readStream } from './__fixtures__/bench.js';
import { PASSES, askStream, fastBench } from './__fixtures__/fast-bench.js';
import type { Setting } from './__fixtures__/fast-bench.js';
import { DONE, FINISH, HANG, saying, streaming, textOf } from './__fixtures__/scripted-transport.js';
import type { Script } from './__fixtures__/scripted-transport.js';

describe.for<readonly [string, Setting, string]>([
  ['passed through', PASSES, textOf(streaming('one', 'two', FINISH, DONE))],
  ['translated', {}, 'data: one\n\ndata: two\n\ndata: END\n\n'],
])('a stream that is %s', ([, setting, whole]) => {
  it('reaches the caller, and everything is given back', async () => {
    const bench = fastBench([streaming('one', 'two', FINISH, DONE)], setting);
    const answer = await bench.call(askStream);
    expect([answer.headers['content-type'], await readStream(answer)]).toEqual([
      'text/event-stream; charset=utf-8',
      whole,
    ]);
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['succeed']]);
  });

  it('holds everything until it is over', async () => {
    const bench = fastBench([streaming('one', 'two', FINISH, DONE)], setting);
    await bench.call(askStream);
    expect(leftovers(bench)).toMatchObject({ settlements: 0, placesHeld: 1, permitsHeld: 1, leases: 1, upstreams: 1 });
  });

  it('is settled with an estimate where the provider tells no usage', async () => {
    const bench = fastBench([streaming('one', 'two', FINISH, DONE)], setting);
    await readStream(await bench.call(askStream));
    const { usageSource, outputTokens, firstTokenMs, status } = bench.seen.records[0] ?? {};
    expect([usageSource, outputTokens, firstTokenMs, status]).toEqual(['estimated', 2, 0, 200]);
  });

  it.for<readonly [string, Script]>([
    ['is cut', streaming('one', { fail: 'upstream_truncated' })],
    ['ends before its end', streaming('one')],
  ])('ends in exactly one error frame where it %s after the commit', async ([, script]) => {
    const bench = fastBench([script, saying('never asked')], setting);
    const text = await readStream(await bench.call(askStream));
    expect(text.endsWith('data: {"error":"upstream_truncated"}\n\n')).toBe(true);
    expect([text.split('"error"').length, text.includes('END'), text.includes('[DONE]')]).toEqual([2, false, false]);
    expect([leftovers(bench), bench.seen.verdicts, bench.transport.requests.length]).toEqual([
      CLEAN,
      ['upstream_truncated'],
      1,
    ]);
    expect(bench.seen.records[0]).toMatchObject({
      errorCode: 'upstream_truncated',
      usageSource: 'estimated',
      outputTokens: 1,
    });
  });

  it('whose connection breaks after its last frame is whole', async () => {
    const bench = fastBench([streaming('one', 'two', FINISH, DONE, { fail: 'upstream_truncated' })], setting);
    expect(await readStream(await bench.call(askStream))).toBe(whole);
    expect(bench.seen.verdicts).toEqual(['succeed']);
  });

  it('is over when it is over', async () => {
    const bench = fastBench([streaming('one', 'two', FINISH, DONE)], setting);
    const { chunks } = asStream(await bench.call(askStream));
    const reads = chunks[Symbol.asyncIterator]();
    while (!(await reads.next()).done);
    expect([await reads.next(), await reads.return?.()]).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(bench.seen.records.map(({ errorCode }) => errorCode)).toEqual([undefined]);
  });
});

describe("a stream of OpenAI's wire", () => {
  it('that leaves out its last frame gets it once', async () => {
    const bench = fastBench([streaming('one', FINISH)], PASSES);
    expect((await readStream(await bench.call(askStream))).split(DONE)).toHaveLength(2);
  });

  it('that says nothing at all, and leaves out its last frame, is still written once', async () => {
    const bench = fastBench([streaming(FINISH)], PASSES);
    expect(await readStream(await bench.call(askStream))).toBe(FINISH + DONE);
    expect([leftovers(bench), bench.seen.records[0]?.errorCode]).toEqual([CLEAN, undefined]);
  });

  it('whose very last frame is an error, without its blank line, has failed', async () => {
    const bench = fastBench([streaming('one', 'data: {"error":{"message":"boom"}}\n')], PASSES);
    const text = await readStream(await bench.call(askStream));
    expect([text.split('"error"').length, text.includes('DONE'), bench.seen.records[0]?.errorCode]).toEqual([
      2,
      false,
      'upstream_invalid_response',
    ]);
  });

  it('with an error in the read of its first content hands over the content first', async () => {
    const both = `${textOf(streaming('one'))}data: {"error":{"message":"boom"}}\n\n`;
    const bench = fastBench([streaming(both)], PASSES);
    const text = await readStream(await bench.call(askStream));
    expect([text.includes('"one"'), text.endsWith('data: {"error":"upstream_invalid_response"}\n\n')]).toEqual([
      true,
      true,
    ]);
  });
});

it('ends a stream in one error frame when the gateway stops hard, and blames no provider for it', async () => {
  const stopping = new AbortController();
  const bench = fastBench([streaming('one', HANG)]);
  const reading = readStream(await bench.call(askStream, { signal: stopping.signal }));
  await setImmediate();
  stopping.abort(gatewayError('draining'));
  expect(await reading).toBe('data: one\n\ndata: {"error":"draining"}\n\n');
  expect([leftovers(bench), bench.seen.records[0]?.errorCode]).toEqual([CLEAN, 'draining']);
});

it('tells its circuit of the first content, and of the cut that follows it', async () => {
  const verdicts: string[] = [];
  const permit = {
    isProbe: true,
    begin: () => void verdicts.push('begin'),
    succeed: () => void verdicts.push('succeed'),
    fail: () => void verdicts.push('fail'),
    forget: () => {},
  };
  const circuits = {
    admit: () => permit,
    retryAfterMs: () => 0,
    keyRetryAfterMs: () => 0,
    state: () => 'half-open' as const,
  };
  const bench = fastBench([streaming('one')], { ports: { circuits } });
  const answer = await bench.call(askStream);
  expect(verdicts).toEqual(['begin']);
  await readStream(answer);
  expect(verdicts).toEqual(['begin', 'fail']);
});

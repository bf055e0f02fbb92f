import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CLEAN, REFUSED, asStream, codeOf, left, leftovers, readStream } from './__fixtures__/bench.js';
import type { Bench } from './__fixtures__/bench.js';
import { PASSES, ask, askStream, fastBench } from './__fixtures__/fast-bench.js';
import { DONE, FINISH, HANG, saying, streaming, textOf } from './__fixtures__/scripted-transport.js';
import type { Script } from './__fixtures__/scripted-transport.js';

describe('deadlines', () => {
  const advance = async (bench: Bench, ms: number): Promise<void> => {
    await setImmediate();
    bench.clock.advance(ms);
  };

  it.for<readonly [string, Script]>([
    ['a head', { head: 'hang' }],
    ['content behind the head', streaming(HANG)],
    ['content behind a start', streaming('data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n', HANG)],
    ['content among comments', streaming(': ping\n\n', HANG)],
  ])('move on from a provider that sends no %s', async ([, silent]) => {
    const bench = fastBench([silent, streaming('hello', FINISH, DONE)], PASSES);
    const pending = bench.call(askStream);
    await advance(bench, 2_000);
    const text = await readStream(await pending);
    expect([text.includes('hello'), bench.seen.verdicts, leftovers(bench)]).toEqual([
      true,
      ['upstream_timeout', 'succeed'],
      CLEAN,
    ]);
  });

  it('that were waited for are no work of the gateway', async () => {
    const bench = fastBench([streaming(HANG), streaming('hello', FINISH, DONE)], PASSES);
    const pending = bench.call(askStream);
    await advance(bench, 2_000);
    expect((await pending).headers['x-sluice-overhead-ms']).toBe('0.00');
  });

  it('for the first token let a plain answer take its time', async () => {
    const bench = fastBench([{ head: 'hang' }]);
    const pending = bench.call(ask);
    await advance(bench, 59_999);
    const before = leftovers(bench)['upstreams'] === 0 && bench.seen.records.length;
    await advance(bench, 1);
    expect([before, codeOf(await pending), bench.transport.requests.length, leftovers(bench)]).toEqual([
      0,
      'upstream_timeout',
      1,
      CLEAN,
    ]);
  });

  it('for the first token bind a plain answer where they were asked for', async () => {
    const timeouts = { firstTokenBindsPlain: true };
    const bench = fastBench([{ head: 'hang' }, saying('hello')], { configuredWith: { timeouts } });
    const pending = bench.call(ask);
    await advance(bench, 2_000);
    expect([(await pending).status, leftovers(bench)]).toEqual([200, CLEAN]);
  });

  it('for the first token bind its head only', async () => {
    const timeouts = { firstTokenBindsPlain: true };
    const bench = fastBench([{ steps: [HANG] }], { configuredWith: { timeouts } });
    const pending = bench.call(ask);
    await advance(bench, 59_999);
    const early = bench.seen.records.length;
    await advance(bench, 1);
    expect([early, codeOf(await pending)]).toEqual([0, 'upstream_timeout']);
  });

  it('for silence end a stream in one error frame', async () => {
    const bench = fastBench([streaming('one', HANG)], PASSES);
    const reading = readStream(await bench.call(askStream));
    await advance(bench, 2_999);
    const early = bench.seen.records.length;
    await advance(bench, 1);
    const text = await reading;
    expect([early, text.split('"error"').length, text.endsWith('data: {"error":"upstream_timeout"}\n\n')]).toEqual([
      0,
      2,
      true,
    ]);
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['upstream_timeout']]);
  });

  it.for<readonly [string, string, boolean]>([
    ['let a stream live that comes forward', textOf(streaming('more')), true],
    ['are not moved by comments', ': ping\n\n', false],
  ])('for silence %s', async ([, said, lives]) => {
    const gates = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    const slow = gates.map(({ promise }) => ({ after: promise, say: said }));
    const bench = fastBench([streaming('one', ...slow, FINISH, DONE)], PASSES);
    const reading = readStream(await bench.call(askStream));
    for (const gate of gates) {
      await advance(bench, 2_000);
      gate.resolve();
    }
    const text = await reading;
    expect([text.endsWith(DONE), leftovers(bench)]).toEqual([lives, CLEAN]);
  });

  it('for silence end a stream well whose last frame is through', async () => {
    const bench = fastBench([streaming('one', FINISH, DONE, HANG)], PASSES);
    const reading = readStream(await bench.call(askStream));
    await advance(bench, 3_000);
    expect([(await reading).endsWith(DONE), bench.seen.verdicts, leftovers(bench)]).toEqual([true, ['succeed'], CLEAN]);
  });

  it('for silence end a stream well that says no more than why it finished', async () => {
    const bench = fastBench([streaming('one', FINISH, HANG)], PASSES);
    const reading = readStream(await bench.call(askStream));
    await advance(bench, 3_000);
    expect([(await reading).endsWith(DONE), bench.seen.verdicts, leftovers(bench)]).toEqual([true, ['succeed'], CLEAN]);
  });

  it('for the whole answer give everything back although nobody reads it', async () => {
    const bench = fastBench([streaming('one', 'two', HANG)], PASSES);
    await bench.call(askStream);
    bench.clock.advance(60_000);
    expect([leftovers(bench), bench.seen.records[0]?.errorCode]).toEqual([CLEAN, 'upstream_timeout']);
  });

  it('for silence do not blame a provider whose reader is slow', async () => {
    const bench = fastBench([streaming('one', 'two', FINISH, DONE)], PASSES);
    const { chunks } = asStream(await bench.call(askStream));
    let text = '';
    for await (const chunk of chunks) {
      text += Buffer.from(chunk).toString();
      bench.clock.advance(10_000);
    }
    expect([text.includes('"error"'), bench.seen.verdicts]).toEqual([false, ['succeed']]);
  });
});

describe('a caller that leaves', () => {
  it('before it is admitted leaves a record and no row', async () => {
    const leaving = new AbortController();
    const authenticator = {
      authenticate: () => {
        leaving.abort(left());
        return Promise.reject(new Error('lookup aborted'));
      },
    };
    const bench = fastBench([], { ports: { authenticator } });
    await bench.call(ask, { signal: leaving.signal });
    expect([leftovers(bench), bench.seen.records[0]?.status]).toEqual([REFUSED, 499]);
  });

  it.for<readonly [string, boolean, Script]>([
    ['while a head is awaited', false, { head: 'hang' }],
    ['while a plain body is awaited', false, { steps: ['{"half":', HANG] }],
    ['while the head of a stream is awaited', true, { head: 'hang' }],
    ['while the first content is awaited', true, streaming(HANG)],
  ])('%s closes the upstream and asks nobody else', async ([, stream, script]) => {
    const leaving = new AbortController();
    const bench = fastBench([script, saying('never asked')]);
    const pending = bench.call({ ...ask, stream }, { signal: leaving.signal });
    await setImmediate();
    leaving.abort(left());
    await pending;
    expect([leftovers(bench), bench.seen.verdicts, bench.transport.requests.length]).toEqual([CLEAN, ['forget'], 1]);
    expect(bench.seen.settlements[0]).toMatchObject({ status: 499, errorCode: 'client_closed_request' });
  });

  it.for<readonly [string, number]>([
    ['before the first piece', 0],
    ['after the first piece', 1],
    ['after the second piece', 2],
  ])('%s closes the upstream, and what was streamed counts', async ([, pieces]) => {
    const leaving = new AbortController();
    const bench = fastBench([streaming('one', 'two', HANG)], PASSES);
    const reads = asStream(await bench.call(askStream, { signal: leaving.signal })).chunks[Symbol.asyncIterator]();
    for (let i = 0; i < pieces; i += 1) await reads.next();
    leaving.abort(left());
    await reads.return?.();
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['forget']]);
    expect(bench.seen.settlements[0]).toMatchObject({
      status: 499,
      errorCode: 'client_closed_request',
      usageSource: 'estimated',
      outputTokens: pieces < 2 ? 1 : 2,
    });
  });

  it('while the next piece is awaited gets nothing more', async () => {
    const leaving = new AbortController();
    const bench = fastBench([streaming('one', HANG)], PASSES);
    const reading = readStream(await bench.call(askStream, { signal: leaving.signal }));
    await setImmediate();
    leaving.abort(left());
    expect([await reading, leftovers(bench)]).toEqual([textOf(streaming('one')), CLEAN]);
  });

  it('with the last frame in its hands has its answer', async () => {
    const bench = fastBench([streaming('one', `${FINISH}${DONE}`, HANG)], PASSES);
    const reads = asStream(await bench.call(askStream)).chunks[Symbol.asyncIterator]();
    for (let i = 0; i < 2; i += 1) await reads.next();
    await reads.return?.();
    expect([leftovers(bench), bench.seen.settlements[0]?.status, bench.seen.verdicts]).toEqual([
      CLEAN,
      200,
      ['succeed'],
    ]);
  });

  it('just by reading no further has left', async () => {
    const bench = fastBench([streaming('one', 'two', HANG)]);
    for await (const _ of asStream(await bench.call(askStream)).chunks) break;
    expect([leftovers(bench), bench.seen.settlements[0]?.status]).toEqual([CLEAN, 499]);
  });
});

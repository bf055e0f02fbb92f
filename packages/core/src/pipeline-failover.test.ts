import { describe, expect, it } from 'vitest';
import { CLEAN, bodyOf, codeOf, leftovers, readStream } from './__fixtures__/bench.js';
import { PASSES, ask, askStream, fastBench } from './__fixtures__/fast-bench.js';
import type { Setting } from './__fixtures__/fast-bench.js';
import { DONE, FINISH, HANG, saying, streaming } from './__fixtures__/scripted-transport.js';
import type { Script } from './__fixtures__/scripted-transport.js';

describe('a failure before the commit', () => {
  const failing: readonly (readonly [string, Script])[] = [
    ['no connection', { head: 'upstream_connection_error' }],
    ['status 500', { status: 500, steps: ['{"error":{"message":"x"}}'] }],
    ['status 429', { status: 429 }],
    ['status 401', { status: 401, steps: ['{"error":{"message":"bad key sk-123"}}'] }],
    ['a redirect', { status: 302, headers: { location: 'http://elsewhere.test' } }],
    ['status 204', { status: 204 }],
  ];
  const plain: readonly (readonly [string, Script])[] = [
    ['a cut body', { steps: ['{"half":', { fail: 'upstream_truncated' }] }],
    ['JSON that breaks off', { steps: ['{"choices":[{"message":'] }],
    ['an error under 200', { steps: ['{"error":{"message":"overloaded"}}'] }],
    ['HTML under 200', { steps: ['<html>'] }],
    ['null', { steps: ['null'] }],
    ['no choices', { steps: ['{"choices":[]}'] }],
    ['nothing', { steps: [] }],
    ['a stream', streaming('one', FINISH, DONE)],
  ];
  const streams: readonly (readonly [string, Script])[] = [
    ['a stream that is cut at once', streaming({ fail: 'upstream_truncated' })],
    ['an empty stream', streaming()],
    ['an error as the first frame', streaming('data: {"error":{"message":"x"}}\n\n')],
    ['comments and a cut', streaming(': ping\n\n', { fail: 'upstream_truncated' })],
    ['a plain answer', saying('hello')],
    [
      'a compressed stream',
      {
        ...streaming('unreadable', FINISH, DONE),
        headers: { 'content-type': 'text/event-stream', 'content-encoding': 'br' },
      },
    ],
    ['an error under 200', { steps: ['{"error":{"message":"overloaded"}}'] }],
  ];

  describe.for<readonly [string, Setting]>([
    ['passed through', PASSES],
    ['translated', {}],
  ])('of an answer that is %s', ([, setting]) => {
    it.for([...failing, ...plain])('stays unseen where the next target answers: %s', async ([, script]) => {
      const bench = fastBench([script, saying('hello')], setting);
      const answer = await bench.call(ask);
      expect([answer.status, answer.headers['x-sluice-provider'], answer.headers['x-sluice-attempts']]).toEqual([
        200,
        'b',
        '2',
      ]);
      expect([leftovers(bench), bench.seen.verdicts[1]]).toEqual([CLEAN, 'succeed']);
    });

    it.for([...failing, ...streams])('stays unseen where the next target streams: %s', async ([, script]) => {
      const bench = fastBench([script, streaming('hello', FINISH, DONE)], setting);
      const answer = await bench.call(askStream);
      const text = await readStream(answer);
      expect([answer.headers['x-sluice-provider'], text.includes('hello'), text.includes('"error"')]).toEqual([
        'b',
        true,
        false,
      ]);
      expect([leftovers(bench), bench.seen.verdicts[1]]).toEqual([CLEAN, 'succeed']);
    });
  });

  it('of every target is the answer, in the dialect of the caller', async () => {
    const bench = fastBench([{ status: 500 }, { head: 'upstream_connection_error' }], PASSES);
    const answer = await bench.call(ask, { clientRequestId: 'mine' });
    expect([answer.status, JSON.parse(bodyOf(answer))]).toEqual([
      502,
      {
        error: {
          code: 'upstream_connection_error',
          message: 'The provider could not be reached.',
          requestId: 'mine',
        },
      },
    ]);
    expect(leftovers(bench)).toEqual(CLEAN);
  });

  it('tells the SDKs not to try again where the gateway did, and only there', async () => {
    const twice = await fastBench([{ status: 500 }, { status: 500 }]).call(ask);
    const once = await fastBench([{ status: 400, steps: ['{"error":{"message":"no"}}'] }]).call(ask);
    expect([twice.headers['x-should-retry'], once.headers['x-should-retry']]).toEqual(['false', undefined]);
  });

  it('tells them so as well where it may try no more', async () => {
    const bench = fastBench(Array.from({ length: 400 }, () => ({ status: 500 })));
    let answer = await bench.call(ask);
    while (bench.seen.records.at(-1)?.attempts.length !== 1) answer = await bench.call(ask);
    expect([answer.status, answer.headers['x-should-retry']]).toEqual([502, 'false']);
  });

  it('that is the fault of the request is asked of one target', async () => {
    const bench = fastBench([{ status: 400, steps: ['{"error":{"message":"no"}}'] }, saying('never asked')]);
    expect([(await bench.call(ask)).status, bench.transport.requests.length, bench.seen.verdicts]).toEqual([
      400,
      1,
      ['forget'],
    ]);
  });

  it('by a bug of an adapter is a failure of the gateway, and reported with its cause', async () => {
    const bug = new TypeError('x is not a function');
    const bench = fastBench([saying('never asked')], { change: { authorize: () => Promise.reject(bug) } });
    expect([codeOf(await bench.call(ask)), bench.seen.internalErrors]).toEqual(['internal_error', [bug]]);
    expect(leftovers(bench)).toEqual(CLEAN);
  });

  it('for want of streams leaves no exchange open', async () => {
    const bench = fastBench([streaming('one', HANG)], { provider: { streams: false } });
    expect([codeOf(await bench.call(askStream)), leftovers(bench)]).toEqual(['invalid_value', CLEAN]);
  });

  it('for want of streams leaves no exchange open where bytes pass either', async () => {
    const bench = fastBench([streaming('one', HANG)], { provider: { streams: false, passes: true } });
    expect([codeOf(await bench.call(askStream)), leftovers(bench)]).toEqual(['invalid_value', CLEAN]);
  });

  it('of every circuit is told at once', async () => {
    const bench = fastBench([saying('never asked')]);
    bench.openCircuits.add('a/m').add('b/m');
    expect([codeOf(await bench.call(ask)), bench.transport.requests.length, leftovers(bench)]).toEqual([
      'no_healthy_provider',
      0,
      CLEAN,
    ]);
  });
});

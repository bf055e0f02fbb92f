import { gatewayError } from '@sluice/contract';
import type { CallMemory, DetachedAnswer, DetachedCall } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CLEAN, asStream, bodyOf, codeOf, left, leftovers, readStream } from './__fixtures__/bench.js';
import { PASSES, ask, askStream, fastBench } from './__fixtures__/fast-bench.js';
import { DONE, FINISH, HANG, saying, streaming } from './__fixtures__/scripted-transport.js';
import type { Script } from './__fixtures__/scripted-transport.js';

type Begin = DetachedCall['begin'];

/** A pipeline whose callers never wait; `work` is what came of the call, once it began. */
function detachedBench(scripts: readonly Script[], told: ReturnType<Begin> | Error = '{"queued":true}') {
  const controller = new AbortController();
  const begun = Promise.withResolvers<DetachedAnswer>();
  const begin: Begin = (work) => {
    if (told instanceof Error) throw told;
    work().then(begun.resolve, begun.reject);
    return told;
  };
  const memory: CallMemory = { recall: (body) => ({ body, detached: { signal: controller.signal, begin } }) };
  return { bench: fastBench(scripts, { ...PASSES, memory }), controller, work: begun.promise };
}

describe('a call whose caller does not wait', () => {
  it('is answered at once, and done when its work is', async () => {
    const { bench, work } = detachedBench([saying('x')]);
    const answer = await bench.call(ask);
    expect([answer.status, bodyOf(answer), answer.headers['content-type']]).toEqual([
      200,
      '{"queued":true}',
      'application/json',
    ]);
    expect(bench.seen.records).toEqual([]);
    expect(await work).toMatchObject({ kind: 'plain', status: 200 });
    expect([leftovers(bench), bench.seen.records]).toMatchObject([CLEAN, [{ status: 200, inputTokens: 3 }]]);
  });

  it('goes on when its caller leaves', async () => {
    const caller = new AbortController();
    const { bench, work } = detachedBench([streaming('Hello', FINISH, DONE)]);
    await bench.call(askStream, { signal: caller.signal });
    caller.abort(left());
    const made = await work;
    expect(made.kind === 'stream' && (await readStream({ ...made, status: 200, headers: {} }))).toContain('Hello');
    expect([leftovers(bench), bench.seen.records]).toMatchObject([CLEAN, [{ status: 200 }]]);
  });

  it('ends when its work is to end, and is paid for so far', async () => {
    const { bench, work, controller } = detachedBench([streaming('Hello', HANG)]);
    await bench.call(askStream);
    const made = await work;
    const reading = made.kind === 'stream' ? readStream({ ...made, status: 200, headers: {} }) : undefined;
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(left());
    await reading;
    expect([leftovers(bench), bench.seen.records]).toMatchObject([
      CLEAN,
      [{ status: 499, usageSource: 'estimated', outputTokens: 2 }],
    ]);
  });

  it('makes its failure an answer for who has it done', async () => {
    const { bench, work } = detachedBench([{ status: 500 }]);
    expect((await bench.call(ask)).status).toBe(200);
    expect(await work).toMatchObject({ kind: 'plain', status: 502 });
    expect([leftovers(bench), bench.seen.records[0]?.errorCode]).toEqual([{ ...CLEAN }, 'upstream_invalid_response']);
  });

  it('is refused where it cannot begin, with all that it took given back', async () => {
    const { bench } = detachedBench([saying('x')], gatewayError('concurrency_limit_exceeded'));
    expect(codeOf(await bench.call(ask))).toBe('concurrency_limit_exceeded');
    expect([leftovers(bench), bench.transport.requests.length]).toEqual([CLEAN, 0]);
  });

  it('is refused before it begins where a model does not exist', async () => {
    const { bench } = detachedBench([saying('x')]);
    expect(codeOf(await bench.call({ ...ask, model: 'none/x' }))).toBe('model_not_found');
  });

  it('may be told as a stream', async () => {
    const { bench, work } = detachedBench([saying('x')], new Blob(['a']).stream().values() as AsyncIterable<never>);
    const answer = asStream(await bench.call(ask));
    expect([await readStream(answer), answer.headers['content-type']]).toEqual([
      'a',
      'text/event-stream; charset=utf-8',
    ]);
    await work;
  });
});

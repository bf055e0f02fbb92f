import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CLEAN, asStream, createBench, leftovers } from './__fixtures__/bench.js';
import type { Bench } from './__fixtures__/bench.js';
import { ask, askStream } from './__fixtures__/fast-bench.js';
import { DONE, FINISH, HANG, saying, streaming, textOf } from './__fixtures__/scripted-transport.js';
import type { Script } from './__fixtures__/scripted-transport.js';
import { aliasOf, configured, policyOf, snapshotOf } from './__fixtures__/snapshots.js';
import { toyProvider } from './__fixtures__/toy-provider.js';
import { LeftBehind } from './left-behind.js';

const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":30,"completion_tokens":70}}\n\n';
const WHOLE = streaming('one', 'two', FINISH, USAGE, DONE);
const GONE = gatewayError('client_closed_request');

interface Draining extends Bench {
  readonly leftBehind: LeftBehind;
  readonly caller: AbortController;
}

/** An alias of two targets that lets a provider go on for so many tokens. */
function draining(scripts: readonly Script[], tokens = Number.POSITIVE_INFINITY): Draining {
  const providers = ['a', 'b'].map((name) => configured(name, toyProvider({ passes: true })));
  const alias = aliasOf('fast', providers, { ...policyOf(), drain: { tokens } });
  const leftBehind = new LeftBehind();
  const bench = createBench({ snapshot: snapshotOf(providers, [alias]), scripts, ports: { leftBehind } });
  return { ...bench, leftBehind, caller: new AbortController() };
}

/** Reads the first piece of a stream, and leaves as the edge does. */
async function leaveAfterOne(bench: Draining): Promise<void> {
  const chunks = asStream(await bench.call(askStream, { signal: bench.caller.signal })).chunks[Symbol.asyncIterator]();
  await chunks.next();
  bench.caller.abort(GONE);
  await chunks.return?.();
}

/** Leaves while the first target is asked; `then` lets it answer. */
async function leaveWhileAsked(bench: Draining, then: () => void): Promise<void> {
  const answering = bench.call(ask, { signal: bench.caller.signal });
  while (bench.transport.open === 0) await setImmediate();
  bench.caller.abort(GONE);
  expect(bench.leftBehind.size).toBe(1);
  then();
  await answering;
}

const LEFT = { status: 499, errorCode: 'client_closed_request' };

describe('an answer that is drained', () => {
  it('is settled with all that its provider used', async () => {
    const bench = draining([WHOLE]);
    await leaveAfterOne(bench);
    expect(bench.leftBehind.size).toBe(1);
    await bench.leftBehind.idle();
    expect(bench.seen.records).toMatchObject([{ ...LEFT, inputTokens: 30, outputTokens: 70, usageSource: 'provider' }]);
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['forget']]);
  });

  it('is ended after so many tokens, with what came as an estimate', async () => {
    const bench = draining([streaming('one', 'two', 'three', 'four', HANG)], 2);
    await leaveAfterOne(bench);
    await bench.leftBehind.idle();
    expect(bench.seen.records).toMatchObject([{ ...LEFT, usageSource: 'estimated' }]);
    expect(bench.seen.records[0]?.outputTokens).toBeGreaterThanOrEqual(3);
    expect(leftovers(bench)).toEqual(CLEAN);
  });

  it('comes whole where it is no stream', async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const bench = draining([{ steps: [{ after: left, say: textOf(saying('hello')) }] }]);
    await leaveWhileAsked(bench, resolve);
    expect(bench.seen.records).toMatchObject([{ ...LEFT, inputTokens: 3, outputTokens: 5, usageSource: 'provider' }]);
    expect([leftovers(bench), bench.seen.verdicts]).toEqual([CLEAN, ['succeed']]);
  });

  it('begins nothing more for a caller that has left, whatever fails then', async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const bench = draining([{ status: 500, steps: [{ after: left, say: '{}' }] }, saying('never asked')]);
    await leaveWhileAsked(bench, resolve);
    expect(bench.transport.requests).toHaveLength(1);
    expect([bench.seen.records[0], leftovers(bench)]).toMatchObject([LEFT, CLEAN]);
  });

  it('that is cut then is no failure of anybody', async () => {
    const bench = draining([
      streaming('one', { after: setImmediate(), say: '' }, { fail: 'upstream_truncated' }),
      WHOLE,
    ]);
    await leaveAfterOne(bench);
    await bench.leftBehind.idle();
    expect(bench.seen.records).toMatchObject([{ ...LEFT, outputTokens: 1, usageSource: 'estimated' }]);
    expect([bench.transport.requests.length, bench.seen.verdicts, leftovers(bench)]).toEqual([1, ['forget'], CLEAN]);
  });

  it('goes on where its reader gives up in the middle of a read', async () => {
    const bench = draining([streaming('one', { after: setImmediate(), say: '' }, 'two', FINISH, USAGE, DONE)]);
    const chunks = asStream(await bench.call(askStream)).chunks[Symbol.asyncIterator]();
    await chunks.next();
    const reading = chunks.next();
    await chunks.return?.();
    await reading;
    await bench.leftBehind.idle();
    expect(bench.seen.records).toMatchObject([{ ...LEFT, outputTokens: 70, usageSource: 'provider' }]);
    expect(leftovers(bench)).toEqual(CLEAN);
  });

  it('ends with the gateway', async () => {
    const bench = draining([streaming('one', HANG)]);
    await leaveAfterOne(bench);
    bench.leftBehind.stop(gatewayError('draining'));
    await bench.leftBehind.idle();
    expect(bench.seen.records).toMatchObject([{ ...LEFT, outputTokens: 1 }]);
    expect(leftovers(bench)).toEqual(CLEAN);
  });

  it('ends in its own time, though nobody waits for it', async () => {
    const bench = draining([streaming('one', HANG)]);
    await leaveAfterOne(bench);
    bench.clock.advance(3_000);
    await bench.leftBehind.idle();
    expect([bench.seen.records[0], leftovers(bench)]).toMatchObject([LEFT, CLEAN]);
  });

  it('is as any other where its caller stays', async () => {
    const bench = draining([WHOLE]);
    const answer = asStream(await bench.call(askStream, { signal: bench.caller.signal }));
    let bytes = 0;
    for await (const chunk of answer.chunks) bytes += chunk.length;
    expect(bytes).toBeGreaterThan(0);
    bench.caller.abort(GONE);
    expect([bench.leftBehind.size, bench.seen.records[0], leftovers(bench)]).toMatchObject([0, { status: 200 }, CLEAN]);
  });
});

it('a caller that leaves before any provider was asked ends its call', async () => {
  const bench = draining([WHOLE]);
  const readBody = () => {
    bench.caller.abort(GONE);
    return Promise.resolve(Buffer.from(JSON.stringify(askStream)));
  };
  await bench.call(askStream, { signal: bench.caller.signal, readBody });
  expect([bench.transport.requests.length, bench.leftBehind.size]).toEqual([0, 0]);
  expect(bench.seen.records).toMatchObject([{ status: 499 }]);
});

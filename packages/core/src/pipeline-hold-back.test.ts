import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CLEAN, asStream, codeOf, createBench, left, leftovers, readStream } from './__fixtures__/bench.js';
import type { Bench } from './__fixtures__/bench.js';
import { PASSES, askStream } from './__fixtures__/fast-bench.js';
import { DONE, FINISH, HANG, streaming, textOf } from './__fixtures__/scripted-transport.js';
import type { Script, Step } from './__fixtures__/scripted-transport.js';
import { aliasOf, configured, policyOf, snapshotOf } from './__fixtures__/snapshots.js';
import { toyProvider } from './__fixtures__/toy-provider.js';
import type { ToyProviderOptions } from './__fixtures__/toy-provider.js';
import type { HoldBack } from './snapshot.js';

function holdingBench(holdBack: HoldBack, scripts: readonly Script[], provider: ToyProviderOptions = {}): Bench {
  const providers = ['a', 'b'].map((name) => configured(name, toyProvider(provider)));
  const policy = { ...policyOf(), holdBack };
  return createBench({ snapshot: snapshotOf(providers, [aliasOf('fast', providers, policy)]), scripts });
}

const GOOD = streaming('fine', 'words', FINISH, DONE);
const FRAMES = { translated: 'data: fine\n\ndata: words\n\ndata: END\n\n', passed: textOf(GOOD) };

describe.for<readonly [string, ToyProviderOptions, string]>([
  ['passed through', PASSES.provider, FRAMES.passed],
  ['translated', {}, FRAMES.translated],
])('a stream that is held back and %s', ([, provider, whole]) => {
  const failures: readonly (readonly [string, readonly Step[], string])[] = [
    ['is reset', [{ fail: 'upstream_truncated' }], 'upstream_truncated'],
    ['ends without its end', [], 'upstream_truncated'],
  ];

  it.for(failures)('and %s before its release is asked for anew, unseen', async ([, end, code]) => {
    const bench = holdingBench({ tokens: 10, ms: 0 }, [streaming('bad', 'start', ...end), GOOD], provider);
    const answer = await bench.call(askStream);
    expect([answer.headers['x-sluice-attempts'], answer.headers['x-sluice-provider']]).toEqual(['2', 'b']);
    expect(await readStream(answer)).toBe(whole);
    expect([bench.seen.verdicts, leftovers(bench)]).toEqual([[code, 'succeed'], CLEAN]);
  });

  it('and falls silent costs its idle time, once', async () => {
    const bench = holdingBench({ tokens: 10, ms: 0 }, [streaming('bad', HANG), GOOD], provider);
    const pending = bench.call(askStream);
    await setImmediate();
    bench.clock.advance(3_000);
    expect([await readStream(await pending), bench.seen.verdicts]).toEqual([whole, ['upstream_timeout', 'succeed']]);
  });

  it('fails as a plain error where no attempt came to its release', async () => {
    const cut = streaming('bad', { fail: 'upstream_truncated' });
    const bench = holdingBench({ tokens: 10, ms: 0 }, [cut], provider);
    const answer = await bench.call(askStream);
    expect([answer.kind, answer.status, codeOf(answer), leftovers(bench)]).toEqual([
      'plain',
      502,
      'upstream_truncated',
      CLEAN,
    ]);
  });

  it('is released with the token that is enough, not before', async () => {
    const gate = Promise.withResolvers<void>();
    const more: Step = { after: gate.promise, say: textOf(streaming('five')) };
    const bench = holdingBench({ tokens: 2, ms: 0 }, [streaming('four', more, HANG)], provider);
    const pending = bench.call(askStream);
    let released = false;
    void pending.then(() => (released = true));
    await setImmediate();
    expect(released).toBe(false);
    gate.resolve();
    const reads = asStream(await pending).chunks[Symbol.asyncIterator]();
    const first = Buffer.from((await reads.next()).value ?? '').toString();
    expect([first.includes('four'), first.includes('five')]).toEqual([true, true]);
    await reads.return?.();
  });

  it('is released when its time is over, with the read that is under way', async () => {
    const gate = Promise.withResolvers<void>();
    const more: Step = { after: gate.promise, say: textOf(streaming('words')) };
    const bench = holdingBench({ tokens: 0, ms: 400 }, [streaming('fine', more, FINISH, DONE)], provider);
    const pending = bench.call(askStream);
    await setImmediate();
    bench.clock.advance(399);
    await setImmediate();
    expect(bench.seen.records).toEqual([]);
    bench.clock.advance(1);
    const answer = await pending;
    gate.resolve();
    expect([await readStream(answer), leftovers(bench), bench.clock.pending]).toEqual([whole, CLEAN, 0]);
  });

  it('and fails after its release ends in one error frame', async () => {
    const failing: Step = { fail: 'upstream_truncated' };
    const bench = holdingBench({ tokens: 1, ms: 0 }, [streaming('fine', failing), GOOD], provider);
    const text = await readStream(await bench.call(askStream));
    expect([text.split('"error"').length, bench.transport.requests.length, leftovers(bench)]).toEqual([2, 1, CLEAN]);
  });

  it('is released at once when it is whole', async () => {
    const bench = holdingBench({ tokens: 1_000, ms: 60_000 }, [GOOD], provider);
    expect([await readStream(await bench.call(askStream)), leftovers(bench), bench.clock.pending]).toEqual([
      whole,
      CLEAN,
      0,
    ]);
  });

  it('is closed when its caller leaves, and nobody else is asked', async () => {
    const leaving = new AbortController();
    const bench = holdingBench({ tokens: 10, ms: 500 }, [streaming('bad', HANG), GOOD], provider);
    const pending = bench.call(askStream, { signal: leaving.signal });
    await setImmediate();
    leaving.abort(left());
    await pending;
    expect([leftovers(bench), bench.seen.verdicts, bench.transport.requests.length, bench.clock.pending]).toEqual([
      CLEAN,
      ['forget'],
      1,
      0,
    ]);
  });

  it('is not held beyond its bound in bytes', async () => {
    const words = Array.from({ length: 40 }, () => `: ${'x'.repeat(65_536)}\n\n`);
    const script = streaming('fine', ...words.map((comment) => `${comment}${textOf(streaming('a'))}`), HANG);
    const bench = holdingBench({ tokens: 1_000, ms: 0 }, [script], { passes: true });
    const answer = await bench.call(askStream);
    const reads = asStream(answer).chunks[Symbol.asyncIterator]();
    const first = (await reads.next()).value ?? '';
    expect(first.length).toBeGreaterThanOrEqual(1_048_576);
    expect(first.length).toBeLessThan(1_048_576 + 70_000);
    await reads.return?.();
  });
});

it('asks anew where an error came inside the stream', async () => {
  const failing = streaming('bad', 'data: {"error":{"message":"boom"}}\n\n');
  const bench = holdingBench({ tokens: 10, ms: 0 }, [failing, GOOD], PASSES.provider);
  expect(await readStream(await bench.call(askStream))).toBe(FRAMES.passed);
  expect(bench.seen.verdicts).toEqual(['upstream_invalid_response', 'succeed']);
});

it('knows a stream as whole that said why it finished before it broke', async () => {
  const bench = holdingBench(
    { tokens: 10, ms: 0 },
    [streaming('fine', FINISH, { fail: 'upstream_truncated' })],
    PASSES.provider,
  );
  expect((await readStream(await bench.call(askStream))).endsWith(DONE)).toBe(true);
  expect(bench.seen.verdicts).toEqual(['succeed']);
});

it("notes the time of the provider's first content, not that of the release", async () => {
  const bench = holdingBench({ tokens: 0, ms: 400 }, [streaming('fine', HANG)], PASSES.provider);
  const pending = bench.call(askStream);
  await setImmediate();
  bench.clock.advance(400);
  await asStream(await pending)
    .chunks[Symbol.asyncIterator]()
    .return?.();
  expect(bench.seen.records[0]?.firstTokenMs).toBe(0);
});

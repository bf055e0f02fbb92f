import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CLEAN, asStream, createBench, left, leftovers, readStream } from './__fixtures__/bench.js';
import type { Bench } from './__fixtures__/bench.js';
import { askStream } from './__fixtures__/fast-bench.js';
import { DONE, FINISH, HANG, streaming } from './__fixtures__/scripted-transport.js';
import type { Script, Step } from './__fixtures__/scripted-transport.js';
import { aliasOf, configured, factsOf, policyOf, snapshotOf } from './__fixtures__/snapshots.js';
import type { RetryPolicy } from './snapshot.js';
import { toyProvider } from './__fixtures__/toy-provider.js';
import type { ToyProviderOptions } from './__fixtures__/toy-provider.js';

interface Setting {
  readonly providers?: Readonly<Record<string, ToyProviderOptions>>;
  readonly retries?: Partial<RetryPolicy>;
  readonly off?: boolean;
}

const GOES_ON: ToyProviderOptions = { goesOn: true };
const CUT: Step = { fail: 'upstream_truncated' };
const MARK = (name: string) => `: continued by ${name}/m\n\n`;

function continuingBench(scripts: readonly Script[], { providers, retries, off }: Setting = {}): Bench {
  const named = Object.entries(providers ?? { a: GOES_ON, b: GOES_ON, c: GOES_ON });
  const prices = [{ picoUsd: { input: 1_000_000, output: 10_000_000 } }];
  const all = named.map(([name, options]) =>
    configured(name, toyProvider(options), { facts: { m: factsOf({ prices }) } }),
  );
  const policy = { ...policyOf(retries), ...(off ? {} : { continuation: 'prefill' as const }) };
  return createBench({
    snapshot: snapshotOf(all, [aliasOf('fast', all, policy)]),
    scripts,
    ports: { priceUse: ({ usage }) => BigInt(usage.inputTokens + usage.outputTokens) * 1_000_000n },
  });
}

const begunAt = ({ transport }: Bench): readonly unknown[] =>
  transport.requests.map(({ body }) => (JSON.parse(String(body)) as { readonly begun?: string }).begun);
const errorsIn = (text: string): number => text.split('"error"').length - 1;

describe('a stream that is cut after its release', () => {
  it.for<readonly [string, readonly Step[]]>([
    ['is reset', [CUT]],
    ['ends without its end', []],
    ['ends inside a frame', ['data: {"choices":[{"index":0,"delta":{"content":"lost']],
  ])('and %s goes on at the next target', async ([, end]) => {
    const bench = continuingBench([streaming('one', ...end), streaming('two', FINISH, DONE)]);
    const answer = await bench.call(askStream);
    expect(await readStream(answer)).toBe(`data: one\n\n${MARK('b')}data: two\n\ndata: END\n\n`);
    expect(answer.headers['x-sluice-provider']).toBe('a');
    expect(begunAt(bench)).toEqual([undefined, 'one']);
    expect([bench.seen.verdicts, leftovers(bench)]).toEqual([['upstream_truncated', 'succeed'], CLEAN]);
    expect(bench.seen.settlements[0]).toMatchObject({
      status: 200,
      provider: 'b',
      usageSource: 'estimated',
      outputTokens: 2,
      attempts: [
        { provider: 'a', status: 200, errorCode: 'upstream_truncated' },
        { provider: 'b', status: 200, continues: true },
      ],
    });
  });

  it('and falls silent goes on after its idle time', async () => {
    const bench = continuingBench([streaming('one', HANG), streaming('two', FINISH, DONE)]);
    const reading = readStream(await bench.call(askStream));
    await setImmediate();
    bench.clock.advance(3_000);
    expect([(await reading).endsWith('data: END\n\n'), bench.seen.verdicts, leftovers(bench)]).toEqual([
      true,
      ['upstream_timeout', 'succeed'],
      CLEAN,
    ]);
  });

  it('goes on as often as the policy allows, from all that was said', async () => {
    const bench = continuingBench([streaming('one', CUT), streaming('two', CUT), streaming('three', FINISH, DONE)]);
    const text = await readStream(await bench.call(askStream));
    expect(text).toBe(`data: one\n\n${MARK('b')}data: two\n\n${MARK('c')}data: three\n\ndata: END\n\n`);
    expect([begunAt(bench), leftovers(bench)]).toEqual([[undefined, 'one', 'onetwo'], CLEAN]);
    expect(bench.seen.settlements[0]).toMatchObject({
      outputTokens: 4,
      attempts: [{}, { continues: true }, { continues: true }],
    });
  });

  it('takes the beginning off an answer that says it again', async () => {
    const providers = { a: GOES_ON, b: { goesOn: 'repeating' } as const };
    const bench = continuingBench([streaming('one', CUT), streaming('one', 'two', FINISH, DONE)], { providers });
    expect(await readStream(await bench.call(askStream))).toBe(`data: one\n\n${MARK('b')}data: two\n\ndata: END\n\n`);
  });

  it('costs what both targets cost', async () => {
    const bench = continuingBench([streaming('one', CUT), streaming('two', FINISH, DONE)]);
    await readStream(await bench.call(askStream));
    const { inputTokens = 0, outputTokens = 0, costMicroUsd } = bench.seen.records[0] ?? {};
    expect([inputTokens > 2, outputTokens, costMicroUsd]).toEqual([true, 2, inputTokens + outputTokens]);
  });

  it('is asked of the targets behind, past one that refuses', async () => {
    const bench = continuingBench([streaming('one', CUT), { status: 400 }, streaming('two', FINISH, DONE)]);
    const text = await readStream(await bench.call(askStream));
    expect([text.endsWith('data: END\n\n'), bench.seen.verdicts, leftovers(bench)]).toEqual([
      true,
      ['upstream_truncated', 'forget', 'succeed'],
      CLEAN,
    ]);
  });
});

describe('a stream that nobody can go on with ends in one error frame, and no end', () => {
  it.for<readonly [string, readonly Script[], Setting]>([
    ['where it is not asked for', [], { off: true }],
    ['where no other target can', [], { providers: { a: GOES_ON, b: {} } }],
    ['where only the one that was cut can', [], { providers: { a: GOES_ON } }],
    ['where no attempt is left', [], { retries: { max: 0 } }],
    ['where every other target refuses', [{ status: 400 }], {}],
    ['where every other target is cut before it says anything', [streaming(CUT)], {}],
    ['where every other target is out of order', [{ head: 'upstream_connection_error' }], {}],
    [
      'where another says something else than it was given',
      [streaming('other', FINISH, DONE)],
      { providers: { a: GOES_ON, b: { goesOn: 'repeating' } } },
    ],
  ])('%s', async ([, more, setting]) => {
    const bench = continuingBench([streaming('one', CUT), ...more], setting);
    const text = await readStream(await bench.call(askStream));
    expect([text.startsWith('data: one\n\n'), errorsIn(text), text.includes('END')]).toEqual([true, 1, false]);
    expect(text.endsWith('\n\n')).toBe(true);
    expect([leftovers(bench), bench.seen.settlements[0]?.status]).toEqual([CLEAN, 200]);
    expect(bench.seen.settlements[0]?.errorCode).toMatch(/^upstream_/);
  });

  it('and is over with it', async () => {
    const bench = continuingBench([streaming('one', CUT), { status: 400 }]);
    const reads = asStream(await bench.call(askStream)).chunks[Symbol.asyncIterator]();
    await reads.next();
    const last = await reads.next();
    expect([errorsIn(Buffer.from(last.value ?? '').toString()), (await reads.next()).done]).toEqual([1, true]);
    expect(leftovers(bench)).toEqual(CLEAN);
  });
});

describe('a caller that leaves while another target is asked', () => {
  it('closes it', async () => {
    const leaving = new AbortController();
    const bench = continuingBench([streaming('one', CUT), { head: 'hang' }]);
    const reading = readStream(await bench.call(askStream, { signal: leaving.signal }));
    await setImmediate();
    leaving.abort(left());
    expect([await reading, leftovers(bench), bench.seen.verdicts]).toEqual([
      'data: one\n\n',
      CLEAN,
      ['upstream_truncated', 'forget'],
    ]);
    expect(bench.seen.settlements[0]).toMatchObject({ status: 499, outputTokens: 1 });
  });

  it('just by reading no further leaves nothing open', async () => {
    const gate = Promise.withResolvers<void>();
    const bench = continuingBench([streaming('one', CUT), streaming({ after: gate.promise, say: FINISH }, DONE)]);
    const reads = asStream(await bench.call(askStream)).chunks[Symbol.asyncIterator]();
    await reads.next();
    const pending = reads.next();
    await setImmediate();
    await reads.return?.();
    gate.resolve();
    await pending;
    await setImmediate();
    expect(leftovers(bench)).toEqual(CLEAN);
  });
});

it('passes through what nobody could go on with', async () => {
  const passing = { passes: true, ...GOES_ON };
  const bench = continuingBench([streaming('one', FINISH, DONE)], { providers: { a: passing } });
  expect((await readStream(await bench.call(askStream))).includes('"delta"')).toBe(true);
});

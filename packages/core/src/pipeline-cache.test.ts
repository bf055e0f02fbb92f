import type { CachedAnswer, ResponseCache } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { CLEAN, bodyOf, codeOf, leftovers, readStream } from './__fixtures__/bench.js';
import { PASSES, ask, askStream, fastBench } from './__fixtures__/fast-bench.js';
import type { Setting } from './__fixtures__/fast-bench.js';
import { DONE, FINISH, saying, streaming } from './__fixtures__/scripted-transport.js';

describe('a cache', () => {
  const held: CachedAnswer = { body: Buffer.from('held'), contentType: 'application/json', provider: 'a', model: 'm' };
  function remembering(found: CachedAnswer | undefined) {
    const stored: CachedAnswer[] = [];
    const asked: string[] = [];
    const cache: ResponseCache = {
      key: ({ tenant, dialect, wire }) => `${tenant} ${dialect} ${JSON.stringify(wire)}`,
      lookup: (key) => {
        asked.push(key);
        return Promise.resolve(found);
      },
      store: (_key, answer) => void stored.push(answer),
    };
    return { cache, stored, asked };
  }

  it('answers what it holds, for nothing', async () => {
    const { cache, asked } = remembering(held);
    const bench = fastBench([saying('never asked')], { cache });
    const answer = await bench.call(ask);
    expect([bodyOf(answer), answer.headers['x-sluice-cache'], bench.transport.requests.length, asked]).toEqual([
      'held',
      'hit',
      0,
      ['t1 toy {"model":"fast","say":"hi"}'],
    ]);
    expect([leftovers(bench), bench.seen.records[0]]).toEqual([
      CLEAN,
      expect.objectContaining({ cache: 'hit', usageSource: 'counted' }),
    ]);
  });

  it.for<readonly [string, string, number, number]>([
    ['', 'miss', 1, 1],
    ['refresh', 'refresh', 0, 1],
    ['bypass', 'bypass', 0, 0],
  ])('with the wish "%s" is %s', async ([wish, state, asks, stores]) => {
    const { cache, stored, asked } = remembering(undefined);
    const bench = fastBench([saying('hello')], { cache, ...PASSES });
    const answer = await bench.call(ask, { headers: { 'x-sluice-cache': wish } });
    expect([answer.headers['x-sluice-cache'], asked.length, stored.length]).toEqual([state, asks, stores]);
  });

  it.for<readonly [string, Setting]>([
    ['passed through', PASSES],
    ['translated', {}],
  ])('holds an answer that was %s as the caller got it', async ([, setting]) => {
    const { cache, stored } = remembering(undefined);
    const answer = await fastBench([saying('hello')], { cache, ...setting }).call(ask);
    expect(Buffer.from(stored[0]?.body ?? '').toString()).toBe(bodyOf(answer));
  });

  it('is not asked about a body that nests too deep', async () => {
    const { cache, asked } = remembering(undefined);
    const bench = fastBench([saying('never asked')], { cache });
    const deep = `{"model":"fast","deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect([codeOf(await bench.call(deep)), asked, bench.seen.internalErrors, leftovers(bench)]).toEqual([
      'json_too_deep',
      [],
      [],
      { ...CLEAN, intents: 0, settlements: 0 },
    ]);
  });

  it('holds no failures and no streams', async () => {
    const { cache, stored, asked } = remembering(undefined);
    const bench = fastBench([{ status: 400 }, streaming('one', FINISH, DONE)], { cache });
    await bench.call(ask);
    await readStream(await bench.call(askStream));
    expect([stored, asked.length]).toEqual([[], 1]);
  });
});

import { reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { OPENAI_STREAM } from './__fixtures__/frames.js';
import { answerOf, upstreamSet } from './__fixtures__/upstream-set.js';

/** What cannot be a count, or cannot be so high; the others are read as they must be meant. */
const SUSPECT = new Set(['negative', 'without end', 'text', 'half a token', 'ten times what was asked for']);

describe('usage', () => {
  const PRICED = {
    catalogue: { models: { 'a/m': { prices: [{ usdPerMillionTokens: { input: 1_000, output: 2_000 } }] } } },
  };
  const [first = '', ...rest] = OPENAI_STREAM.ending;

  it('that a stream lacks is estimated, and the row says so (F29)', async () => {
    const silent = reply().sse([...OPENAI_STREAM.opening, first, rest.at(-1) ?? '']);
    await using set = await upstreamSet({ replies: { a: [silent] }, config: PRICED });
    await (await set.ask({ stream: true, stream_options: { include_usage: true } })).text();
    const [row] = await set.gateway.rows();
    expect(row).toMatchObject({ status: 200, usageSource: 'estimated' });
    expect([row?.inputTokens, row?.outputTokens, row?.costMicroUsd].every((count) => (count ?? 0) > 0)).toBe(true);
  });

  it('that a stream of a model lacks whose tokenizer is known is counted (F29)', async () => {
    const silent = reply().sse([...OPENAI_STREAM.opening, first, rest.at(-1) ?? '']);
    await using set = await upstreamSet({ replies: { a: [silent] } });
    const ask = async (): Promise<unknown> => {
      await (await set.ask({ model: 'a/gpt-4o', stream: true })).text();
      return (await set.gateway.rows())[0];
    };
    // Until the table is there, which the first of them has loaded, it is estimated.
    await expect.poll(ask, { timeout: 10_000 }).toMatchObject({ usageSource: 'counted', usageSuspect: false });
  });

  it('beyond what was reserved of a budget is flagged (I2)', async () => {
    const usage = { prompt_tokens: 5_000, completion_tokens: 3, total_tokens: 5_003 };
    const config = { ...PRICED, budgets: { default: { usd: 1_000 } } };
    const dear = reply().json({ ...answerOf('Hello there'), usage });
    await using set = await upstreamSet({ replies: { a: [dear, reply().json(answerOf('Hello there'))] }, config });
    const flags = [];
    for (let at = 0; at < 2; at += 1) {
      expect((await set.ask({ max_tokens: 10 })).status).toBe(200);
      flags.push((await set.gateway.rows())[0]?.overReserved);
    }
    expect(flags).toEqual([true, false]);
  });

  it.each([
    ['negative', '{"prompt_tokens":-5,"completion_tokens":-7,"total_tokens":-12}'],
    ['without end', '{"prompt_tokens":1e400,"completion_tokens":1e400,"total_tokens":1e400}'],
    ['text', '{"prompt_tokens":"12","completion_tokens":"7","total_tokens":"19"}'],
    ['half a token', '{"prompt_tokens":0.5,"completion_tokens":1.5,"total_tokens":2}'],
    ['null', 'null'],
    [
      'a negative part of the input',
      '{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":-9}}',
    ],
    [
      'more than was there of the input',
      '{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":900}}',
    ],
    ['ten times what was asked for', '{"prompt_tokens":3,"completion_tokens":500,"total_tokens":503}'],
  ])('that is %s pays nothing back (F30)', async (what, usage) => {
    const body = JSON.stringify({ ...answerOf('Hello there'), usage: 0 }).replace('"usage":0', `"usage":${usage}`);
    await using set = await upstreamSet({
      replies: { a: [reply().headers({ 'content-type': 'application/json' }).body(body)] },
      config: PRICED,
    });
    expect((await set.ask({ max_tokens: 50 })).status).toBe(200);
    const [row] = await set.gateway.rows();
    expect(row?.costMicroUsd).toBeGreaterThan(0);
    expect([row?.inputTokens, row?.outputTokens].every((count) => (count ?? 0) > 0)).toBe(true);
    expect(row?.outputTokens).toBeLessThanOrEqual(55);
    expect(row?.usageSuspect).toBe(SUSPECT.has(what));
  });
});

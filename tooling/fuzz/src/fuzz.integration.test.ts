import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.js';
import type { Target } from './fuzz.js';
import { createRandom } from './random.js';
import { TARGETS } from './targets.js';

/** Of the thread that runs the input: others of this process compile and collect meanwhile. */
const options = { runs: 500, random: createRandom(1), now: () => process.threadCpuUsage().user / 1_000 };

describe('a parser of what strangers send', () => {
  it.each(TARGETS)('takes whatever comes: $name', async (target) => {
    const { executions, crashes } = await fuzz(target, options);
    expect([executions, crashes]).toEqual([options.runs, []]);
  });
});

describe('what finds crashes', () => {
  const target = (run: Target['run']): Target => ({ name: 'x', seeds: [Buffer.from('abc')], words: ['d'], run });

  it('finds one that a single change makes', async () => {
    const { crashes } = await fuzz(
      target((bytes) => {
        if (bytes.includes('d')) throw new TypeError('d');
      }),
      options,
    );
    expect(crashes[0]?.cause).toBeInstanceOf(TypeError);
    expect(crashes[0]?.input.includes('d')).toBe(true);
  });

  it('calls it a hang when an input takes longer than a second', async () => {
    let nowMs = 0;
    const { crashes } = await fuzz(
      target(() => undefined),
      { ...options, now: () => (nowMs += 2_000) },
    );
    expect(String(crashes[0]?.cause)).toContain('2000 ms');
  });

  it('goes on with what led into new code', async () => {
    let blocks = 0;
    const coverage = { blocks: async () => (blocks += 1), [Symbol.asyncDispose]: async () => undefined };
    expect(
      (
        await fuzz(
          target(() => undefined),
          { ...options, coverage },
        )
      ).kept,
    ).toBe(500);
  });
});

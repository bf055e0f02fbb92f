import { expect, it } from 'vitest';
import { POINTS, expectPartial, leaveTimes } from './__fixtures__/client-gone.js';

const TIMES = 200;
const BOUND_MS = 100;

it.each(POINTS)(
  'two hundred callers who leave a stream %s leave as many rows with what came of it (F62)',
  async (point) => {
    const left = await leaveTimes(point, TIMES);
    process.stdout.write(
      `${point}: closed in ${left.closedMs.map((ms) => ms.toFixed(1)).at(TIMES / 2)} ms at p50, ${left.closedMs.at(-2)?.toFixed(1)} ms at p99\n`,
    );
    expectPartial(point, left);
    expect(left.closedMs[Math.floor(TIMES * 0.99) - 1]).toBeLessThanOrEqual(BOUND_MS);
    expect(left.rows).toHaveLength(TIMES);
  },
);

import { expect, it } from 'vitest';
import { faultsOf, startOverloaded } from './__fixtures__/overloaded.js';

it(
  'a minute of twice as much as a provider can do is a minute of nearly all that it can do (F65)',
  { timeout: 120_000 },
  async () => {
    await using overloaded = await startOverloaded();
    const forMs = 60_000;
    const seen = await overloaded.run(forMs);
    expect(faultsOf(seen, { peak: overloaded.peak, forMs })).toEqual([]);
    expect(await overloaded.recovery()).toBeLessThan(2_000);
    expect(overloaded.upstream.inFlight).toBe(0);
  },
);

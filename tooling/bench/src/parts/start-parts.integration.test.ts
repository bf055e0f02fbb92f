import { afterAll, expect, it } from 'vitest';
import { startParts } from './start-parts.js';

const bench = startParts(['--conditions=@sluice/source']);
afterAll(() => bench.stop());

it('measures each part in its own process, as often as it is asked', async () => {
  for (let round = 0; round < 2; round += 1) {
    const { auth, admission } = await bench.measure(50);
    expect(auth.cpuUs).toBeGreaterThan(0);
    expect(admission.cpuUs).toBeGreaterThan(auth.cpuUs);
    expect(admission.p50Ms).toBeGreaterThan(0);
  }
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { startSupervised } from './__fixtures__/restarts.js';

it('loses none of five thousand requests over ten restarts', async () => {
  await using gateway = await startSupervised(temporaryDir());
  const startedMs = performance.now();
  const traffic = gateway.traffic(150);
  for (let restarts = 0; restarts < 10; restarts += 1) await gateway.restart();
  await sleep(Math.max(0, startedMs + 45_000 - performance.now()));
  const { answered, failures } = await traffic.stop();
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThanOrEqual(5_000);
  expect(await gateway.rows()).toBe(answered);
  await gateway.assertInvariants();
});

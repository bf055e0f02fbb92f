import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { CORRUPT, changeTimes, configOf, corruptAll, startChanging } from './__fixtures__/config-changes.js';
import { assertInvariants } from './__fixtures__/invariants.js';

const RATE = 200;

describe('a gateway at 200 requests a second', () => {
  it('takes up twenty changes of its file and fails no request', async () => {
    await using gateway = await startChanging(temporaryDir());
    const traffic = gateway.traffic(RATE);
    await changeTimes(gateway, traffic, 20);
    const { answered, failures, versions } = await traffic.stop();
    expect(failures).toEqual([]);
    expect([answered > 1_000, versions.length]).toEqual([true, 21]);
    await assertInvariants({ gateway: gateway.served });
  });

  it('notices every corrupt file by itself, once, and fails no request', async () => {
    await using gateway = await startChanging(temporaryDir());
    const before = await gateway.version();
    const traffic = gateway.traffic(RATE);
    const isGood = (): Promise<number> => gateway.metric('sluice_config_reload_ok');
    let refused = 0;
    await corruptAll(gateway, async () => {
      refused += 1;
      const failed = (): Promise<number> => gateway.metric('sluice_config_reload_failed_total');
      await expect.poll(failed, { interval: 50 }).toBe(refused);
      // Two files in a row that are refused for the same reason are one fault.
      rmSync(gateway.path, { force: true, recursive: true });
      writeFileSync(gateway.path, configOf(0));
      await expect.poll(isGood, { interval: 50 }).toBe(1);
    });
    expect(refused).toBe(Object.keys(CORRUPT).length);
    const { failures, versions } = await traffic.stop();
    expect([failures, versions]).toEqual([[], [before]]);
    expect(gateway.sluice.output.stdout.match(/"msg":"configuration refused"/g)).toHaveLength(refused);
  });
});

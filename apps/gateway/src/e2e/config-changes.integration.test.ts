import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { CORRUPT, changeTimes, corruptAll, startChanging } from './__fixtures__/config-changes.js';
import { assertInvariants } from './__fixtures__/invariants.js';

describe('a gateway under load', () => {
  it('takes up changes of its file, by every way within a second, and fails no request (F41)', async () => {
    await using gateway = await startChanging(temporaryDir());
    const traffic = gateway.traffic(50);
    await changeTimes(gateway, traffic, 8);
    const { answered, failures, versions } = await traffic.stop();
    expect(failures).toEqual([]);
    expect([answered > 50, versions.length]).toEqual([true, 9]);
    await assertInvariants({ gateway: gateway.served });
  });

  it('serves on under the last good configuration whatever stands in its place (F42)', async () => {
    await using gateway = await startChanging(temporaryDir());
    const before = await gateway.version();
    const traffic = gateway.traffic(50);
    await corruptAll(gateway, async (what) => {
      const answer = await gateway.reload();
      expect([what, answer.status]).toEqual([what, 400]);
      expect([what, await answer.text()]).toEqual([what, expect.stringContaining('config error at')]);
    });
    const { failures, versions } = await traffic.stop();
    expect([failures, versions]).toEqual([[], [before]]);
    expect(await gateway.metric('sluice_config_reload_failed_total')).toBeGreaterThanOrEqual(
      Object.keys(CORRUPT).length,
    );
    expect((await gateway.reload()).status).toBe(200);
    expect(await gateway.metric('sluice_config_reload_ok')).toBe(1);
    await assertInvariants({ gateway: gateway.served });
  });
});

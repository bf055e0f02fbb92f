import { expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { expectNothingLost, killUnderLoad } from './__fixtures__/killed.js';
import { commandMs } from './__fixtures__/process.js';

it('F40 a gateway that is killed ten times at 200 calls a second loses no row, doubles none and leaves none open', async () => {
  const report = await killUnderLoad({ cwd: temporaryDir(), kills: 10, rate: 200, aliveMs: 2_000 });
  expectNothingLost(report);
  expect(Math.max(...report.readyMs) - (await commandMs('version'))).toBeLessThan(2_000);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { openaiClient } from './__fixtures__/gateway.js';
import { expectNothingLost, killUnderLoad, readRows } from './__fixtures__/killed.js';
import { commandMs } from './__fixtures__/process.js';
import { startSupervised } from './__fixtures__/restarts.js';

const WORDS = 'one two three four '.repeat(60);

it('F40 a gateway that is killed under load loses no row, doubles none and leaves none open', async () => {
  const report = await killUnderLoad({ cwd: temporaryDir(), kills: 3, rate: 60, aliveMs: 400 });
  expectNothingLost(report);
  // What starting this program from its sources takes is not the gateway's.
  expect(Math.max(...report.readyMs) - (await commandMs('version'))).toBeLessThan(2_000);
});

it('F40 a process that serves its last streams beside a new one settles them itself', async () => {
  const cwd = temporaryDir();
  await using gateway = await startSupervised(cwd);
  const client = openaiClient(gateway.url, ADMIN_KEY);
  const streams = [];
  const restarted = gateway.restart();
  for (let stream = 0; stream < 12; stream += 1) {
    const messages = [{ role: 'user' as const, content: WORDS }];
    streams.push(client.chat.completions.stream({ model: 'sim/pace-5', messages }).finalContent());
    await sleep(150);
  }
  await restarted;
  expect(new Set(await Promise.all(streams))).toEqual(new Set([WORDS]));
  await gateway.assertInvariants();
  expect(await gateway.sluice.exited).toBe(0);
  expect(readRows(cwd).map(({ settlement }) => settlement?.status)).toEqual(streams.map(() => 200));
});

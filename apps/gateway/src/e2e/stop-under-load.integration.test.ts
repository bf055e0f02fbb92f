import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteStore } from '@sluice/store-sqlite';
import { timed } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { openaiClient } from './__fixtures__/gateway.js';
import { assertInvariantsAfter } from './__fixtures__/invariants.js';
import { startProcess } from './__fixtures__/process.js';
import { startTraffic } from './__fixtures__/traffic.js';

const WORDS = 'one two three four '.repeat(8);
/** What may pass between the end of the last request and that of the process. */
const EXIT_MS = 1_000;
const UNREADY_MS = 100;

function connected(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  return once(socket, 'connect').then(() => socket);
}

it('a SIGTERM drops none of 50 streams and no call, and waits for no idle connection (F38)', async () => {
  const cwd = temporaryDir();
  writeFileSync(join(cwd, 'sluice.yaml'), '{providers: {sim: {kind: sim}}}');
  await using sluice = startProcess({ cwd, env: { SLUICE_ADMIN_KEY: ADMIN_KEY } });
  const url = await sluice.listening();
  const client = openaiClient(url, ADMIN_KEY);
  const streams = Array.from({ length: 50 }, () =>
    client.chat.completions.stream({ model: 'sim/pace-60', messages: [{ role: 'user', content: WORDS }] }),
  );
  await Promise.all(streams.map((stream) => new Promise((resolve) => void stream.once('content', resolve))));
  const idle = await Promise.all(Array.from({ length: 20 }, () => connected(url)));
  onTestFinished(() => idle.forEach((socket) => socket.destroy()));
  const traffic = startTraffic({ url, key: ADMIN_KEY, rate: 50, model: 'sim/echo' });
  await sleep(200);

  const readiness = (): Promise<number> => fetch(`${url}/health/ready`).then(({ status }) => status);
  // How long an answer takes under this load, on this machine.
  const usualMs: number[] = [];
  for (let i = 0; i < 5; i += 1) usualMs.push((await timed(readiness)).tookMs);
  const exited = sluice.stop();
  const { tookMs } = await timed(() => expect.poll(readiness, { interval: 5 }).toBe(503));
  expect(tookMs).toBeLessThan(UNREADY_MS + Math.max(...usualMs));
  // Whoever watches the readiness goes elsewhere now.
  const { answered, failures } = await traffic.stop();
  expect(failures).toEqual([]);
  const texts = await Promise.all(streams.map((stream) => stream.finalContent()));
  expect(texts).toEqual(streams.map(() => WORDS));
  await expect
    .poll(
      () =>
        connected(url).then(
          () => 'taken',
          () => 'refused',
        ),
      { timeout: 1_500 },
    )
    .toBe('refused');
  const doneMs = performance.now();
  expect(await exited).toBe(0);
  expect(performance.now() - doneMs).toBeLessThan(EXIT_MS);

  const store = openSqliteStore({ path: join(cwd, '.sluice', 'sluice.db') });
  onTestFinished(() => store.close());
  const { rows } = store.ledger.page({ limit: 1_000 });
  expect(rows).toHaveLength(answered + streams.length);
  expect(rows.filter(({ settlement }) => settlement?.status !== 200)).toEqual([]);
  expect(rows.map(({ id }) => id)).toEqual([...new Set(rows.map(({ id }) => id))]);
  await assertInvariantsAfter(sluice, cwd);
});

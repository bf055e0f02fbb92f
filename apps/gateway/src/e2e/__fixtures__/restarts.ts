import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ADMIN_KEY } from '../../__fixtures__/admin-key.js';
import { attachTo } from './gateway.js';
import { assertInvariants } from './invariants.js';
import { startProcess } from './process.js';
import type { SluiceProcess } from './process.js';
import { startTraffic } from './traffic.js';
import type { Traffic } from './traffic.js';

/** What is under way when a process is told to go ends, however busy the machine is. */
export const SERVED_FILE = JSON.stringify({
  server: { drainTimeoutMs: 30_000 },
  providers: { sim: { kind: 'sim' } },
  models: { fast: { targets: [{ provider: 'sim', model: 'pace-10' }] } },
});

/** `sluice supervise`, and the gateway that serves behind it. */
export interface Supervised extends AsyncDisposable {
  readonly url: string;
  readonly sluice: SluiceProcess;
  traffic(rate: number): Traffic;
  /** How many rows the ledger has, whoever wrote them. */
  rows(): Promise<number>;
  /** Sends SIGUSR2 and resolves when another process serves. */
  restart(): Promise<void>;
  /** Of all its processes together; stops it as a SIGTERM does. */
  assertInvariants(): Promise<void>;
}

export async function startSupervised(cwd: string, argv: readonly string[] = []): Promise<Supervised> {
  writeFileSync(join(cwd, 'sluice.yaml'), SERVED_FILE);
  const sluice = startProcess({ cwd, command: 'supervise', argv, env: { SLUICE_ADMIN_KEY: ADMIN_KEY } });
  const url = await sluice.listening();
  const taken = (): number => sluice.output.stderr.match(/ serves in place of /g)?.length ?? 0;
  return {
    url,
    sluice,
    traffic: (rate) => startTraffic({ url, key: ADMIN_KEY, rate, model: 'fast' }),
    async rows() {
      const headers = { 'x-api-key': ADMIN_KEY };
      let rows = 0;
      for (let cursor = ''; ; ) {
        const answer = await fetch(`${url}/admin/v1/requests?limit=1000${cursor}`, { headers });
        const page = (await answer.json()) as { data: readonly unknown[]; nextCursor?: string | null };
        rows += page.data.length;
        if (!page.nextCursor) return rows;
        cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
      }
    },
    async restart() {
      const before = taken();
      sluice.signal('SIGUSR2');
      await expect.poll(taken, { interval: 50, timeout: 30_000 }).toBe(before + 1);
    },
    async assertInvariants() {
      const attached = await attachTo(sluice, { cwd });
      const gateway = { ...attached, stop: async () => void (await sluice.stop()) };
      // Two of them share the machine for a while, and either may answer.
      await assertInvariants({ gateway, patienceMs: 15_000 });
    },
    [Symbol.asyncDispose]: () => sluice[Symbol.asyncDispose](),
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

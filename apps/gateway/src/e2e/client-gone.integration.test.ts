import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteStore } from '@sluice/store-sqlite';
import { describe, expect, it } from 'vitest';
import {
  POINTS,
  WHOLE,
  expectPartial,
  leaveAt,
  leaveTimes,
  rowsOf,
  startLeavingUpstream,
  startLeft,
} from './__fixtures__/client-gone.js';
import { startGateway } from './__fixtures__/gateway.js';

const TIMES = 50;
const BOUND_MS = 100;

/** Whoever is cut off sees it by then. */
const passing = async (ms: number): Promise<void> => sleep(ms);

describe('a caller that leaves a stream (F62, GHSA-724j-f2pf-phf7)', () => {
  it.each(POINTS)(
    '%s, fifty times: as many rows with what came of it, and no connection is left open',
    async (point) => {
      const left = await leaveTimes(point, TIMES);
      expectPartial(point, left);
      // The test has the machine to share: the long one holds all but one of a hundred to the bound.
      expect(left.closedMs[TIMES / 2]).toBeLessThan(BOUND_MS);
    },
  );
});

describe('onClientGone', () => {
  it.each(['drain', { drainTokens: 100 }] as const)(
    '%j: the provider goes on, and what it says it used is settled',
    async (policy) => {
      await using upstream = await startLeavingUpstream();
      await using gateway = await startLeft(upstream, policy);
      const ids = POINTS.map((_, index) => `call${index}`);
      for (const [index, point] of POINTS.entries()) await leaveAt(point, `call${index}`, { gateway, upstream });
      // Whoever is not waited for any more would have been cut by now.
      await passing(2 * BOUND_MS);
      expect(upstream.open).toBe(POINTS.length);
      for (const id of ids) upstream.goOn(id);
      for (const row of await rowsOf(gateway, ids)) {
        expect(row).toMatchObject({
          status: 499,
          errorCode: 'client_closed_request',
          usageSource: 'provider',
          ...WHOLE,
        });
      }
    },
  );

  it('drainTokens: so many tokens, and no more', async () => {
    await using upstream = await startLeavingUpstream();
    await using gateway = await startLeft(upstream, { drainTokens: 1 });
    await leaveAt('in the middle of an event', 'call', { gateway, upstream });
    await passing(BOUND_MS);
    upstream.goOn('call');
    const [row] = await rowsOf(gateway, ['call']);
    expect(row).toMatchObject({ status: 499, errorCode: 'client_closed_request' });
  });

  it('a stop waits for what goes on, and its row is whole', async () => {
    await using upstream = await startLeavingUpstream();
    const gateway = await startGateway({
      providers: { up: { kind: 'openai-compatible', baseUrl: upstream.url } },
      models: { fast: { targets: [{ provider: 'up', model: 'm' }], onClientGone: 'drain' } },
    });
    await using _ = gateway;
    const caller = new AbortController();
    const messages = [{ role: 'user', content: 'after one event#call' }];
    const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
    const init = { signal: caller.signal, headers };
    const answer = await gateway.call('/v1/chat/completions', { model: 'fast', stream: true, messages }, init);
    await answer.body?.getReader().read();
    caller.abort();
    await passing(BOUND_MS);
    const drained = gateway.drain();
    await passing(BOUND_MS);
    upstream.goOn('call');
    await drained;
    await gateway.stop();
    const store = openSqliteStore({ path: join(gateway.folder, 'data', 'sluice.db') });
    const { rows } = store.ledger.page({ limit: 10 });
    store.close();
    expect(rows).toMatchObject([{ settlement: { status: 499, usageSource: 'provider', ...WHOLE } }]);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { REDIS_PASSWORD, startRedis, timed } from '@sluice/testkit';
import type { RedisServer } from '@sluice/testkit';
import { expect } from 'vitest';
import type { GatewayConfig } from '../../gateway.js';
import { startLoad } from './even-load.js';
import type { CallSeen } from './even-load.js';
import { startGatewayProcess } from './gateway.js';
import type { ProcessGateway } from './gateway.js';
import { assertInvariants } from './invariants.js';
import { readRows } from './killed.js';
import { metric } from './shared.js';

/** Whole millionths of a dollar for each token, so that sums are compared to the last of them. */
const PRICE = { prices: [{ usdPerMillionTokens: { input: 1, output: 2 } }] };

/** Every call is counted, by a limit and by a budget, and is let through where it cannot be. */
const countedConfig = (storeTimeoutMs: number): GatewayConfig => ({
  models: { fast: { targets: [{ provider: 'sim', model: 'echo' }] } },
  catalogue: { models: { 'sim/echo': PRICE } },
  limits: {
    scopes: { 'model:sim/echo': { requestsPerMinute: 1_000_000, concurrent: 10_000 } },
    onBudgetStoreFailure: 'local',
    storeTimeoutMs,
  },
  budgets: { all: { usd: 1_000, scope: 'model:sim/echo' } },
});

export interface RedisOutage {
  /** Calls a second of each gateway. */
  readonly rate: number;
  readonly storeTimeoutMs: number;
  /** How long the server is away, and how long the calls go on before and after. */
  readonly forMs: number;
  readonly aroundMs: number;
  begin(server: RedisServer): Promise<void> | void;
  end(server: RedisServer): Promise<void> | void;
}

export const KILLED = {
  begin: (server: RedisServer) => server.kill(),
  end: (server: RedisServer) => server.start(),
};
export const FROZEN = {
  begin: (server: RedisServer) => server.freeze(),
  end: (server: RedisServer) => server.thaw(),
};

export interface RedisOutageReport {
  readonly calls: readonly CallSeen[];
  /** The slowest gateway's quickest of its first calls without it: the others say how busy the machine is as well. */
  readonly firstTookMs: number;
  /** How many were let through by what one gateway alone had counted. */
  readonly local: number;
  /** From its return until both gateways asked it again. */
  readonly backAfterMs: number;
  /** What all rows cost, and what Redis has counted of the budget in the end. */
  readonly rowsMicroUsd: number;
  readonly countedMicroUsd: number;
}

/** Two gateways that serve while the Redis server that they share is away. */
export async function serveWithoutRedis(outage: RedisOutage): Promise<RedisOutageReport> {
  const { rate, storeTimeoutMs, forMs, aroundMs, ...fault } = outage;
  const redis = await startRedis();
  const gateways = [await start(redis, storeTimeoutMs), await start(redis, storeTimeoutMs)];
  try {
    await untilEach(gateways, 'sluice_redis_gateways', 2);
    const loads = gateways.map(({ url, key }) => startLoad({ url, key, rate }));
    await sleep(aroundMs);
    await fault.begin(redis);
    const awayFrom = loads.map(({ nowMs }) => nowMs);
    await sleep(forMs);
    await fault.end(redis);
    const { tookMs: backAfterMs } = await timed(() => untilEach(gateways, 'sluice_redis_up', 1));
    await sleep(aroundMs);
    const calls = await Promise.all(loads.map((load) => load.stop()));
    const first = calls.map((seen, index) => firstAfter(seen, awayFrom[index] ?? 0));
    const local = await sumOf(gateways, 'sluice_limits_local_total');
    await untilEach(gateways, 'sluice_reservations', 0);
    await untilEach(gateways, 'sluice_redis_unsent', 0);
    const rowsMicroUsd = gateways.reduce((sum, gateway) => sum + costOf(gateway), 0);
    const countedMicroUsd = await untilCounted(gateways[0] as ProcessGateway, rowsMicroUsd);
    for (const gateway of gateways) await assertInvariants({ gateway });
    return { calls: calls.flat(), firstTookMs: Math.max(...first), local, backAfterMs, rowsMicroUsd, countedMicroUsd };
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await redis.stop();
  }
}

async function start(redis: RedisServer, storeTimeoutMs: number): Promise<ProcessGateway> {
  const gateway = await startGatewayProcess(countedConfig(storeTimeoutMs), { env: { REDIS_URL: redis.url } });
  return { ...gateway, secrets: [gateway.key, gateway.adminKey, REDIS_PASSWORD] };
}

async function untilEach(gateways: readonly ProcessGateway[], name: string, value: number): Promise<void> {
  const read = (): Promise<readonly number[]> => Promise.all(gateways.map((gateway) => metric(gateway, name)));
  await expect.poll(read, { timeout: 20_000, interval: 20 }).toEqual(gateways.map(() => value));
}

async function sumOf(gateways: readonly ProcessGateway[], name: string): Promise<number> {
  const values = await Promise.all(gateways.map((gateway) => metric(gateway, name)));
  return values.reduce((sum, value) => sum + value, 0);
}

const FIRST_CALLS = 5;

function firstAfter(calls: readonly CallSeen[], fromMs: number): number {
  const after = calls.filter(({ sentAtMs }) => sentAtMs >= fromMs).toSorted((a, b) => a.sentAtMs - b.sentAtMs);
  return Math.min(...after.slice(0, FIRST_CALLS).map(({ tookMs }) => tookMs));
}

function costOf({ folder }: ProcessGateway): number {
  return readRows(folder).reduce((sum, { settlement }) => sum + (settlement?.costMicroUsd ?? 0), 0);
}

const TOLD_WITHIN_MS = 10_000;

/** A gateway hears with its next sign of life what the others have counted. */
async function untilCounted({ url, adminKey }: ProcessGateway, expected: number): Promise<number> {
  const untilMs = performance.now() + TOLD_WITHIN_MS;
  for (;;) {
    const answer = await fetch(`${url}/admin/v1/budgets`, { headers: { authorization: `Bearer ${adminKey}` } });
    const { data } = (await answer.json()) as { data: readonly { spent: readonly { usedUsd: number }[] }[] };
    const counted = Math.round((data[0]?.spent[0]?.usedUsd ?? 0) * 1_000_000);
    if (counted === expected || performance.now() > untilMs) return counted;
    await sleep(50);
  }
}

import { REDIS_PASSWORD, startRedis } from '@sluice/testkit';
import type { RedisServer } from '@sluice/testkit';
import { vi } from 'vitest';
import type { GatewayConfig } from '../../gateway.js';
import { startGatewayProcess } from './gateway.js';
import type { ProcessGateway, RemoteGateway } from './gateway.js';
import { startPricedUpstream } from './priced-upstream.js';
import type { PricedUpstream } from './priced-upstream.js';

/** Each model has a limit of its own, so that one pair of gateways serves many tests. */
export interface SharedSetup extends AsyncDisposable {
  readonly redis: RedisServer;
  readonly upstream: PricedUpstream;
  readonly gateways: readonly ProcessGateway[];
}

/** Every call costs 900 micro-USD, which is what is reserved for it: 90 tokens of output. */
const PRICE = { prices: [{ usdPerMillionTokens: { input: 0, output: 10 } }] };
const MODELS = ['rpm50', 'rpm50b', 'conc5', 'money', 'moneyb', 'free'] as const;

const SHARED_CONFIG: GatewayConfig = {
  catalogue: { models: Object.fromEntries(MODELS.map((name) => [`up/${name}`, PRICE])) },
  limits: {
    // A machine that runs many tests at once is slow, which is no fault of the server.
    storeTimeoutMs: 5_000,
    scopes: {
      'model:up/rpm50': { requestsPerMinute: 50 },
      'model:up/rpm50b': { requestsPerMinute: 50 },
      'model:up/conc5': { concurrent: 5 },
    },
  },
  budgets: {
    money: { usd: 0.009, scope: 'model:up/money' },
    moneyb: { usd: 0.009, scope: 'model:up/moneyb' },
  },
};

/** A Redis server and so many gateways in processes of their own, each with its own data. */
export async function startShared(count: number, env: Readonly<Record<string, string>> = {}): Promise<SharedSetup> {
  const redis = await startRedis();
  const upstream = await startPricedUpstream({ promptTokens: 10, completionTokens: 90 });
  const config = { ...SHARED_CONFIG, providers: { up: { kind: 'openai-compatible', baseUrl: upstream.url } } };
  const gateways = await Promise.all(Array.from({ length: count }, () => startSharing(redis, config, env)));
  for (const gateway of gateways) {
    // Also called before the tests begin, where nothing can be expected.
    await vi.waitFor(async () => {
      if ((await metric(gateway, 'sluice_redis_gateways')) !== count) throw new Error('Not all of them share it yet.');
    }, 20_000);
  }
  return {
    redis,
    upstream,
    gateways,
    async [Symbol.asyncDispose]() {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await upstream[Symbol.asyncDispose]();
      await redis.stop();
    },
  };
}

/** Of its environment only the password is a secret: where the server is, everybody may know. */
async function startSharing(
  redis: Pick<RedisServer, 'url'>,
  config: GatewayConfig,
  env: Readonly<Record<string, string>> = {},
): Promise<ProcessGateway> {
  const gateway = await startGatewayProcess(config, { env: { REDIS_URL: redis.url, ...env } });
  return { ...gateway, secrets: [gateway.key, gateway.adminKey, REDIS_PASSWORD] };
}

export async function metric(gateway: Pick<RemoteGateway, 'metrics'>, name: string): Promise<number> {
  return Number(new RegExp(`^${name}(?:{.*})? (.+)$`, 'm').exec(await gateway.metrics())?.[1] ?? 0);
}

export const chat = (model: string, more: object = {}): object => ({
  model: `up/${model}`,
  max_tokens: 90,
  messages: [{ role: 'user', content: 'Hello' }],
  ...more,
});

/** The statuses of so many calls at once, spread over the gateways, and how often there was each. */
export async function tally(gateways: readonly RemoteGateway[], calls: number, model: string): Promise<Record<string, number>> {
  return tallyLeaving(gateways, calls, { model, leavesEvery: Number.POSITIVE_INFINITY });
}

export interface Leaving {
  readonly model: string;
  /** Each so-manieth caller leaves, some milliseconds after it has asked. */
  readonly leavesEvery: number;
}

/** As `tally`. Who has left before it was answered has the status 0. */
export async function tallyLeaving(
  gateways: readonly RemoteGateway[],
  calls: number,
  { model, leavesEvery }: Leaving,
): Promise<Record<string, number>> {
  const statuses = await Promise.all(
    Array.from({ length: calls }, async (_, index) => {
      const gateway = gateways[index % gateways.length] as RemoteGateway;
      const leaves = index % leavesEvery === leavesEvery - 1;
      const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
      // Over as many moments as there are callers who leave, so that some have left in each stage.
      const init = leaves ? { headers, signal: AbortSignal.timeout(Math.floor(index / leavesEvery)) } : undefined;
      const answer = await gateway.call('/v1/chat/completions', chat(model), init).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      return answer?.status ?? 0;
    }),
  );
  return count(statuses);
}

function count(values: readonly (number | string)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** A stream that has begun. */
export interface BegunStream {
  readonly gateway: RemoteGateway;
  /** Resolves when it has ended. */
  readonly read: Promise<unknown>;
  /** As its caller, by leaving. */
  end(): void;
}

/** Begins so many streams at once, spread over the gateways; those that were taken on. */
export async function beginStreams(gateways: readonly RemoteGateway[], calls: number): Promise<readonly BegunStream[]> {
  const begun = await Promise.all(
    Array.from({ length: calls }, async (_, index) => {
      const gateway = gateways[index % gateways.length] as RemoteGateway;
      const leaving = new AbortController();
      const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
      const init = { headers, signal: leaving.signal };
      const answer = await gateway.call('/v1/chat/completions', chat('conc5', { stream: true }), init);
      // An answer that nobody reads would be let go of with the next collection of garbage.
      const read = answer.text().catch(() => undefined);
      if (answer.status === 200) return [{ gateway, read, end: () => leaving.abort() }];
      await read;
      return [];
    }),
  );
  return begun.flat();
}

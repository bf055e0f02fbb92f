import { createBackoff, createCircuits } from '@sluice/breaker';
import type { RequestRecord } from '@sluice/contract';
import { ResourcePool, TargetStatsTable, createAttemptMemory, createPipeline } from '@sluice/core';
import type { Pipeline, Ports, Snapshot } from '@sluice/core';
import { openAiChat } from '@sluice/dialect-openai';
import { priceUse } from '@sluice/ledger';
import { createLimiter } from '@sluice/limits';
import { createMemoryCounterStore } from '@sluice/store-memory';
import { createTransport } from '@sluice/transport';
import { buildSnapshot } from '../compose/build-snapshot.js';
import { composeCatalogue } from '../compose/catalogue.js';
import { Holding } from '../compose/holding.js';
import { takeSlots } from '../compose/slots.js';
import type { Config } from '../config/schema.js';
import { DrillClock } from './drill-clock.js';
import { DrillNetwork, findNowhere } from './network.js';
import { startStandIns } from './stand-ins.js';
import type { StandIns } from './stand-ins.js';

/** A gateway for drills: the operator's own configuration over stand-ins, on a time of its own. It keeps nothing. */
export interface DrillBench extends AsyncDisposable {
  readonly config: Config;
  readonly snapshot: Snapshot;
  readonly clock: DrillClock;
  readonly standIns: StandIns['all'];
  readonly network: DrillNetwork;
  /** A gateway that has seen nothing yet: circuits closed, nothing rests, the retry budget whole. */
  fresh(): FreshGateway;
}

export interface FreshGateway {
  readonly pipeline: Pipeline;
  /** What the log and the ledger would have of each request, by its id. */
  readonly records: ReadonlyMap<string, RequestRecord>;
  /** Failures of the gateway itself. */
  readonly faults: readonly unknown[];
  /** Nobody asks it any more. */
  release(): void;
}

/** Starts the stand-ins. `startMs` is what the drill's clock shows at first. */
export async function openBench(config: Config, startMs: number): Promise<DrillBench> {
  const clock = new DrillClock(startMs);
  const providers = usedProviders(config);
  const nowhere = await findNowhere();
  const standIns = await startStandIns(providers, clock);
  const transport = createTransport({ clock });
  const names = new Map([...standIns.all.values()].map(({ origin, name }) => [origin, name]));
  const network = new DrillNetwork({ inner: transport, clock, names, nowhere });
  const snapshot = buildSnapshot({
    config: { ...config, providers },
    providers: new Map([...standIns.all].map(([name, { provider }]) => [name, provider])),
    knownModels: () => new Set(),
    catalogue: composeCatalogue(config),
  });
  return {
    config,
    snapshot,
    clock,
    standIns: standIns.all,
    network,
    fresh: () => composeFresh(config, { clock, network, snapshot }),
    async [Symbol.asyncDispose]() {
      await transport.close();
      await standIns[Symbol.asyncDispose]();
    },
  };
}

/** Those that an alias leads to. */
function usedProviders({ providers, models }: Config): Config['providers'] {
  const names = namedIn(models);
  return Object.fromEntries(Object.entries(providers).filter(([name]) => names.has(name)));
}

/** Every `provider` below a value. */
function namedIn(value: unknown): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) return new Set();
  const below = Object.values(value).flatMap((one) => [...namedIn(one)]);
  const own = (value as { readonly provider?: unknown }).provider;
  return new Set(typeof own === 'string' ? [own, ...below] : below);
}

/** The stages of a gateway, without those that would hide a fault or leave a trace: no cache, a ledger that forgets. */
function composeFresh(
  config: Config,
  { clock, network, snapshot }: Pick<DrillBench, 'clock' | 'network' | 'snapshot'>,
): FreshGateway {
  const records = new Map<string, RequestRecord>();
  const faults: unknown[] = [];
  const onInternalError = (cause: unknown): void => void faults.push(cause);
  const holding = new Holding(new ResourcePool(onInternalError));
  const slots = takeSlots(config, holding, clock);
  const ports: Ports = {
    clock,
    random: createEvenChance(),
    authenticator: { authenticate: () => Promise.reject(new Error('A drill brings its own caller.')) },
    assumedOutputTokens: config.limits.assumedOutputTokens,
    limiter: createLimiter({ store: createMemoryCounterStore({ clock }), clock }),
    circuits: createCircuits(config.breaker, { clock }),
    backoff: createBackoff(),
    attempts: createAttemptMemory(clock),
    stats: new TargetStatsTable(),
    transport: network,
    ledger: { open: () => Promise.resolve(), settle: () => {}, flush: () => Promise.resolve() },
    telemetry: { opened: () => {}, settled: (record) => void records.set(record.id, record) },
    priceUse,
    isRefusing: () => false,
    onInternalError,
    ...(slots && { slots }),
  };
  const snapshots = { acquire: () => ({ snapshot, ports, release: () => {} }) };
  const endpoint = { route: '/v1/chat/completions', operation: 'chat', dialect: openAiChat } as const;
  return { pipeline: createPipeline(endpoint, snapshots), records, faults, release: () => holding.release() };
}

const GOLDEN = 0.618_033_988_749_895;

/** Chances that come out alike each time and are spread evenly: of ten requests, nine go to a target of weight 90 in 100. */
function createEvenChance(): () => number {
  let last = 0;
  return () => (last = (last + GOLDEN) % 1);
}

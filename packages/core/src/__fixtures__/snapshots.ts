import type { FailureClass, ModelFacts, Provider } from '@sluice/contract';
import { createCandidate } from '../routing/plan.js';
import type { Candidate } from '../routing/plan.js';
import type { Alias, ConfiguredProvider, RetryPolicy, RoutePolicy, Snapshot, Timeouts } from '../snapshot.js';

const TIMEOUTS: Timeouts = {
  connectMs: 1_000,
  firstTokenMs: 2_000,
  idleMs: 3_000,
  totalMs: 60_000,
  firstTokenBindsPlain: false,
};

const CLASSES = ['rate_limit', 'server_error', 'timeout', 'connection', 'truncated', 'context_length'] as const;

export function policyOf(
  retries: Partial<RetryPolicy> = {},
  fallbackOn: readonly FailureClass[] = CLASSES,
): RoutePolicy {
  return { retries: { max: 2, sameTarget: 0, retryAfterMaxMs: 0, ...retries }, fallbackOn: new Set(fallbackOn) };
}

export interface ConfiguredOptions {
  readonly models?: readonly string[];
  readonly timeouts?: Partial<Timeouts>;
  readonly servesUnlisted?: boolean;
  /** Adapters for more keys than one; `provider` is the first of them. */
  readonly pool?: readonly Provider[];
  /** What the catalogue knows of its models, by name. */
  readonly facts?: Readonly<Record<string, ModelFacts>>;
}

/** Facts of a model of which little is known. */
export function factsOf(change: Partial<ModelFacts> = {}): ModelFacts {
  return { modes: ['chat'], can: new Set(), cannot: new Set(), efforts: [], prices: [], ...change };
}

export function configured(
  name: string,
  provider: Provider,
  { models = [], timeouts = {}, servesUnlisted = true, facts = {}, pool }: ConfiguredOptions = {},
): ConfiguredProvider {
  const known = new Set(models);
  const found = new Map(Object.entries(facts));
  const catalogue = { find: (model: string) => found.get(model), names: new Set(found.keys()) };
  const common = { servesUnlisted, knownModels: () => known, catalogue };
  return { name, provider, timeouts: { ...TIMEOUTS, ...timeouts }, ...common, ...(pool ? { pool } : {}) };
}

/** An alias that asks model `m` of each provider in turn. */
export function aliasOf(name: string, providers: readonly ConfiguredProvider[], policy = policyOf()): Alias {
  const targets = providers.map((provider) => ({ candidate: candidateAt(provider), weight: 1 }));
  return { name, strategy: 'priority', targets, fallbacks: [], policy };
}

export function candidateAt(provider: ConfiguredProvider, model = 'm'): Candidate {
  return createCandidate(provider, model);
}

export function snapshotOf(
  providers: readonly ConfiguredProvider[],
  aliases: readonly Alias[] = [],
  version = 'v1',
): Snapshot {
  return {
    version,
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    aliases: new Map(aliases.map((alias) => [alias.name, alias])),
    defaultPolicy: policyOf({ max: 0 }),
  };
}

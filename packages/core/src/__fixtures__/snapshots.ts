import type { FailureClass, Provider } from '@sluice/contract';
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
  return { retries: { max: 2, sameTarget: 0, ...retries }, fallbackOn: new Set(fallbackOn) };
}

export interface ConfiguredOptions {
  readonly models?: readonly string[];
  readonly timeouts?: Partial<Timeouts>;
  readonly servesUnlisted?: boolean;
}

export function configured(
  name: string,
  provider: Provider,
  { models = [], timeouts = {}, servesUnlisted = true }: ConfiguredOptions = {},
): ConfiguredProvider {
  const known = new Set(models);
  return { name, provider, timeouts: { ...TIMEOUTS, ...timeouts }, servesUnlisted, knownModels: () => known };
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

import type { CircuitView } from '@sluice/breaker';
import type { Clock } from '@sluice/contract';
import type { Rests, TargetStatsTable } from '@sluice/core';
import { combineStates } from './health-state.js';
import type { HealthState } from './health-state.js';

/** From this share of failures on a target is degraded. */
const FAILING_SHARE = 0.5;
/** How long a share of failures says something of the present. */
const RECENT_MS = 300_000;

/** What calls have left behind. Nothing is asked of a provider to find out how it fares. */
export interface HealthSignals {
  readonly clock: Clock;
  readonly circuits: { list(): readonly CircuitView[] };
  readonly rests: Pick<Rests, 'list'>;
  readonly stats: Pick<TargetStatsTable, 'find'>;
}

/** A provider of the configuration. */
export interface WatchedProvider {
  readonly name: string;
  /** One for each key; absent where there is one key. */
  readonly pool?: readonly unknown[];
}

/** Why a key is not up. Without a target it is so at every model. */
export interface HealthReason {
  readonly cause: 'circuit_open' | 'circuit_half_open' | 'forced_open' | 'resting' | 'failures';
  readonly target?: string;
  /** Milliseconds until it may be asked again. */
  readonly retryAfterMs?: number;
  /** Of its recent calls, 0 to 1. */
  readonly failureShare?: number;
}

export interface KeyHealth {
  /** Its place in the provider's pool. */
  readonly key: number;
  readonly state: HealthState;
  readonly reasons: readonly HealthReason[];
}

export interface ProviderHealth {
  readonly name: string;
  readonly state: HealthState;
  readonly keys: readonly KeyHealth[];
}

export interface HealthReport {
  readonly state: HealthState;
  readonly providers: readonly ProviderHealth[];
}

/** How each provider and each of its keys fares, and all of them together. */
export function reportHealth(providers: Iterable<WatchedProvider>, signals: HealthSignals): HealthReport {
  const circuits = Map.groupBy(signals.circuits.list(), ({ target }) => target.slice(0, target.indexOf('/')));
  const rests = new Map(signals.rests.list());
  const reports = Array.from(providers, ({ name, pool }): ProviderHealth => {
    const seen = { name, circuits: circuits.get(name) ?? [], rests, hasPool: (pool?.length ?? 1) > 1, signals };
    const keys = Array.from({ length: pool?.length ?? 1 }, (_, key) => keyHealth(key, seen));
    return { name, state: combineStates(keys.map(({ state }) => state)), keys };
  });
  return { state: combineStates(reports.map(({ state }) => state)), providers: reports };
}

interface Seen {
  readonly name: string;
  readonly circuits: readonly CircuitView[];
  readonly rests: ReadonlyMap<string, number>;
  readonly hasPool: boolean;
  readonly signals: HealthSignals;
}

interface Finding {
  readonly state: HealthState;
  readonly reason?: HealthReason;
}

/** A key that rests at every model is down; else it is what it is at the models that it was asked for. */
function keyHealth(key: number, seen: Seen): KeyHealth {
  const findings = seen.circuits.map((circuit) => atTarget(circuit, key, seen));
  const restMs = seen.rests.get(`${seen.name}#${key}`);
  if (restMs !== undefined) {
    findings.unshift({ state: 'down', reason: { cause: 'resting', retryAfterMs: Math.ceil(restMs) } });
  }
  return {
    key,
    state: restMs === undefined ? combineStates(known(findings)) : 'down',
    reasons: findings.flatMap(({ reason }) => reason ?? []),
  };
}

/** Callers can make up models: those of which nothing is known are no part of the whole. */
function known(findings: readonly Finding[]): HealthState[] {
  return findings.map(({ state }) => state).filter((state) => state !== 'unknown');
}

function atTarget(circuit: CircuitView, key: number, { rests, hasPool, signals }: Seen): Finding {
  const { target, retryAfterMs } = circuit;
  if (circuit.forced) return { state: 'down', reason: { cause: 'forced_open', target } };
  if (circuit.state === 'open') {
    return { state: 'down', reason: { cause: 'circuit_open', target, retryAfterMs: Math.ceil(retryAfterMs) } };
  }
  const restMs = rests.get(hasPool ? `${target}#${key}` : target);
  if (restMs !== undefined) {
    return { state: 'down', reason: { cause: 'resting', target, retryAfterMs: Math.ceil(restMs) } };
  }
  if (circuit.state === 'half-open') return { state: 'degraded', reason: { cause: 'circuit_half_open', target } };
  return byFailures(circuit, signals);
}

function byFailures({ target, failures }: CircuitView, { stats, clock }: HealthSignals): Finding {
  const found = stats.find(target);
  const agoMs = clock.monotonic() - (found?.judgedAtMs ?? Number.NEGATIVE_INFINITY);
  if (found && agoMs <= RECENT_MS && found.errorShare >= FAILING_SHARE) {
    return { state: 'degraded', reason: { cause: 'failures', target, failureShare: found.errorShare } };
  }
  return { state: Number.isFinite(agoMs) || failures > 0 ? 'up' : 'unknown' };
}

import type { CircuitView } from '@sluice/breaker';
import type { Clock, ErrorCode } from '@sluice/contract';
import type { Rests, TargetStatsTable } from '@sluice/core';
import { providerOf } from '../compose/circuits.js';
import { combineStates } from './health-state.js';
import type { HealthState } from './health-state.js';
import type { Prober, ProbeResult } from './prober.js';

/** From this share of failures on a target is degraded. */
const FAILING_SHARE = 0.5;
/** How long a share of failures says something of the present. */
const RECENT_MS = 300_000;

/** What calls have left behind, and probes where they are set up. Nothing is asked of a provider for a report. */
export interface HealthSignals {
  readonly clock: Clock;
  readonly circuits: { list(): readonly CircuitView[] };
  readonly rests: Pick<Rests, 'list'>;
  readonly stats: Pick<TargetStatsTable, 'find'>;
  /** By the names of their providers. */
  readonly probers: ReadonlyMap<string, Pick<Prober, 'find'>>;
}

/** A provider of the configuration. */
export interface WatchedProvider {
  readonly name: string;
  /** One for each key; absent where there is one key. */
  readonly pool?: readonly unknown[];
}

/** Why a key is not up. Without a target it is so at every model. */
export interface HealthReason {
  readonly cause:
    | 'circuit_open'
    | 'circuit_half_open'
    | 'forced_open'
    | 'resting'
    | 'key_open'
    | 'key_half_open'
    | 'key_forced_open'
    | 'failures'
    | 'probe_failed';
  readonly target?: string;
  /** Milliseconds until it may be asked again. */
  readonly retryAfterMs?: number;
  /** Of its recent calls, 0 to 1. */
  readonly failureShare?: number;
  /** What the probe failed of. */
  readonly errorCode?: ErrorCode;
}

export interface KeyHealth {
  /** Its place in the provider's pool. */
  readonly key: number;
  readonly state: HealthState;
  readonly reasons: readonly HealthReason[];
  /** The last probe with it; absent where there was none, or where requests have asked since. */
  readonly probe?: ProbeHealth;
}

export interface ProbeHealth {
  readonly ok: boolean;
  readonly agoMs: number;
  readonly tookMs: number;
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
  const circuits = new Map(signals.circuits.list().map((circuit) => [circuit.target, circuit]));
  const targets = Map.groupBy(targetsOf(circuits.values()), providerOf);
  const rests = new Map(signals.rests.list());
  const reports = Array.from(providers, ({ name, pool }): ProviderHealth => {
    const hasPool = (pool?.length ?? 1) > 1;
    const seen = { name, targets: targets.get(name) ?? [], circuits, rests, hasPool, signals };
    const keys = Array.from({ length: pool?.length ?? 1 }, (_, key) => keyHealth(key, seen));
    return { name, state: combineStates(keys.map(({ state }) => state)), keys };
  });
  return { state: combineStates(reports.map(({ state }) => state)), providers: reports };
}

/** All targets of which something is known, or of one of their keys. */
function targetsOf(circuits: Iterable<CircuitView>): ReadonlySet<string> {
  const targets = new Set<string>();
  for (const { target, of } of circuits) {
    if (of === 'target') targets.add(target);
    else if (target.includes('/')) targets.add(target.replace(/#\d+$/, ''));
  }
  return targets;
}

interface Seen {
  readonly name: string;
  readonly targets: readonly string[];
  readonly circuits: ReadonlyMap<string, CircuitView>;
  readonly rests: ReadonlyMap<string, number>;
  readonly hasPool: boolean;
  readonly signals: HealthSignals;
}

interface Finding {
  readonly state: HealthState;
  readonly reason?: HealthReason;
}

/** A key that is left out at every model is down; else it is what it is at the models that it was asked for. */
function keyHealth(key: number, seen: Seen): KeyHealth {
  const everywhere = ofKeyCircuit(seen.circuits.get(`${seen.name}#${key}`));
  const findings = seen.targets.map((target) => atTarget(target, key, seen));
  const { probers, clock } = seen.signals;
  const probe = probers.get(seen.name)?.find(key);
  const whole = [everywhere, ofProbe(probe)].filter((finding) => finding !== undefined);
  return {
    key,
    state: worst(combineStates(known(findings)), whole),
    reasons: [...whole, ...findings].flatMap(({ reason }) => reason ?? []),
    ...(probe ? { probe: toProbeHealth(probe, clock.monotonic()) } : {}),
  };
}

const BY_BADNESS: readonly HealthState[] = ['unknown', 'up', 'degraded', 'down'];

/** What holds for a key as a whole can only make it worse than it is at its models. */
function worst(state: HealthState, whole: readonly Finding[]): HealthState {
  const levels = [state, ...whole.map((finding) => finding.state)].map((each) => BY_BADNESS.indexOf(each));
  return BY_BADNESS[Math.max(...levels)] as HealthState;
}

function ofProbe(probe: ProbeResult | undefined): Finding | undefined {
  if (!probe) return undefined;
  if (probe.errorCode === undefined) return { state: 'up' };
  return { state: 'degraded', reason: { cause: 'probe_failed', errorCode: probe.errorCode } };
}

function toProbeHealth({ ok, atMs, tookMs }: ProbeResult, nowMs: number): ProbeHealth {
  return { ok, agoMs: Math.round(nowMs - atMs), tookMs: Math.round(tookMs) };
}

/** Callers can make up models: those of which nothing is known are no part of the whole. */
function known(findings: readonly Finding[]): HealthState[] {
  return findings.map(({ state }) => state).filter((state) => state !== 'unknown');
}

/** What is worst of a key at one target; of what is equally bad, the target's own trouble. */
function atTarget(target: string, key: number, seen: Seen): Finding {
  const { circuits, rests, hasPool } = seen;
  const own = ofCircuit(circuits.get(target));
  if (own?.state === 'down') return own;
  const restMs = rests.get(hasPool ? `${target}#${key}` : target);
  if (restMs !== undefined) {
    return { state: 'down', reason: { cause: 'resting', target, retryAfterMs: Math.ceil(restMs) } };
  }
  const ofKey = ofKeyCircuit(circuits.get(`${target}#${key}`), target);
  if (ofKey?.state === 'down') return ofKey;
  return own ?? ofKey ?? byFailures(target, seen);
}

function ofCircuit(circuit: CircuitView | undefined): Finding | undefined {
  if (!circuit || circuit.state === 'closed') return undefined;
  const { target, retryAfterMs } = circuit;
  if (circuit.forced) return { state: 'down', reason: { cause: 'forced_open', target } };
  if (circuit.state === 'half-open') return { state: 'degraded', reason: { cause: 'circuit_half_open', target } };
  return { state: 'down', reason: { cause: 'circuit_open', target, retryAfterMs: Math.ceil(retryAfterMs) } };
}

function ofKeyCircuit(circuit: CircuitView | undefined, target?: string): Finding | undefined {
  if (!circuit || circuit.state === 'closed') return undefined;
  const where = target === undefined ? {} : { target };
  if (circuit.forced) return { state: 'down', reason: { cause: 'key_forced_open', ...where } };
  if (circuit.state === 'half-open') return { state: 'degraded', reason: { cause: 'key_half_open', ...where } };
  return { state: 'down', reason: { cause: 'key_open', ...where, retryAfterMs: Math.ceil(circuit.retryAfterMs) } };
}

function byFailures(target: string, { circuits, signals: { stats, clock } }: Seen): Finding {
  const found = stats.find(target);
  const agoMs = clock.monotonic() - (found?.judgedAtMs ?? Number.NEGATIVE_INFINITY);
  if (found && agoMs <= RECENT_MS && found.errorShare >= FAILING_SHARE) {
    return { state: 'degraded', reason: { cause: 'failures', target, failureShare: found.errorShare } };
  }
  const failures = circuits.get(target)?.failures ?? 0;
  return { state: Number.isFinite(agoMs) || failures > 0 ? 'up' : 'unknown' };
}

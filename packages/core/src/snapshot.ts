import type { FailureClass, ModelCatalogue, Provider } from '@sluice/contract';
import type { Ports } from './ports.js';
import type { Candidate } from './routing/plan.js';
import type { StrategyName } from './routing/strategies/strategies.js';

/** Milliseconds; an absent bound does not bound. */
export interface Timeouts {
  readonly connectMs: number;
  /** Until the first content of a stream, or the first byte of a plain answer where a route sets it for those too. */
  readonly firstTokenMs?: number;
  /** Between two steps forward of a stream. */
  readonly idleMs?: number;
  readonly totalMs: number;
  /** Whether `firstTokenMs` was asked for, and so binds plain answers as well. */
  readonly firstTokenBindsPlain: boolean;
}
/** How often a request is tried, all targets together. */
export interface RetryPolicy {
  /** Attempts after the first one, over all targets. */
  readonly max: number;
  /** How many of them may go to the target that just failed. */
  readonly sameTarget: number;
  /** A `Retry-After` of at most this is waited out: by a try at the same target, or where no other is left. 0 = none is. */
  readonly retryAfterMaxMs: number;
}

/** Until when the beginning of a stream is kept from the caller; whichever comes first. 0 = not bound by it. */
export interface HoldBack {
  /** Output tokens, estimated. */
  readonly tokens: number;
  /** Since the first content. */
  readonly ms: number;
}

/** A second request beside one that is slow. */
export interface HedgePolicy {
  /** Second requests, as a share of all. */
  readonly maxExtraSpend: number;
}

/** How far an answer goes on that nobody waits for any more. */
export interface DrainPolicy {
  /** Of a stream, so many output tokens more, estimated; `Infinity` for all. A plain answer comes whole. */
  readonly tokens: number;
}

/** What to do with a request once its targets are known. */
export interface RoutePolicy {
  readonly retries: RetryPolicy;
  readonly fallbackOn: ReadonlySet<FailureClass>;
  /** Absent = a stream is released with its first content. */
  readonly holdBack?: HoldBack;
  /** `prefill`: an answer that is cut after its release goes on at the next target that can. Absent = it fails. */
  readonly continuation?: 'prefill';
  /** Absent = a slow target is waited for. */
  readonly hedge?: HedgePolicy;
  /** How a provider goes on when the caller leaves. Absent = it is ended at once. */
  readonly drain?: DrainPolicy;
}

/** A provider as the operator has it: its adapter, under a name. */
export interface ConfiguredProvider {
  /** The operator's name for it. */
  readonly name: string;
  readonly provider: Provider;
  /** Where its account has several keys: one adapter for each, the first of them `provider`. */
  readonly pool?: readonly Provider[];
  /** For models addressed without an alias. */
  readonly timeouts: Timeouts;
  /** Whether a bare name that no list has may go here, when nobody else of the caller's dialect could take it. */
  readonly servesUnlisted: boolean;
  /** False where nobody may ask it in its own words, at addresses of their choice. */
  readonly servesRaw?: boolean;
  /** Models that its list is known to hold; may be empty. */
  knownModels(): ReadonlySet<string>;
  /** What is known of its models; absent where nothing is. */
  readonly catalogue?: ModelCatalogue;
}
/** One of an alias's targets. */
export interface AliasTarget {
  readonly candidate: Candidate;
  /** Its share of the requests, where the strategy weighs; 0 stands last. */
  readonly weight: number;
  /** Kept for requests with one of these tags. */
  readonly tags?: ReadonlySet<string>;
}

/** A target on trial. */
export interface Canary {
  readonly candidate: Candidate;
  /** Of the requests, 0 to 1. */
  readonly share: number;
}

/** Sends requests elsewhere. */
export interface AliasRule {
  readonly when: RuleConditions;
  /** Another alias, as if the caller had asked for it, or one target in place of the alias's own. */
  readonly use: { readonly alias: string } | { readonly candidate: Candidate };
}

/** All that are given must hold; of each list, one. `*` at the end of an entry stands for any rest. */
export interface RuleConditions {
  readonly tags?: readonly string[];
  /** By the field of the body's `metadata`. */
  readonly metadata?: ReadonlyMap<string, readonly string[]>;
  /** By the lower-case name. */
  readonly headers?: ReadonlyMap<string, readonly string[]>;
  /** Names or ids of keys. */
  readonly keys?: readonly string[];
  readonly tenants?: readonly string[];
}
export interface Alias {
  readonly name: string;
  readonly strategy: StrategyName;
  readonly targets: readonly AliasTarget[];
  /** Asked in order after the targets; aliases among them are already resolved to their own targets. */
  readonly fallbacks: readonly Candidate[];
  readonly canary?: Canary;
  /** The first whose conditions hold decides. */
  readonly rules?: readonly AliasRule[];
  readonly policy: RoutePolicy;
}

/** One configuration, built and frozen. A request reads the snapshot it started with and no other. */
export interface Snapshot {
  /** Short hash of the configuration; the `x-sluice-config` header. */
  readonly version: string;
  readonly providers: ReadonlyMap<string, ConfiguredProvider>;
  readonly aliases: ReadonlyMap<string, Alias>;
  /** For models addressed without an alias. */
  readonly defaultPolicy: RoutePolicy;
}

/** What serves requests under one configuration: its tables, and the stages as it sets them up. */
export interface Generation {
  readonly snapshot: Snapshot;
  readonly ports: Ports;
}

/** The right to read a configuration, which stays alive until the last lease of it is given back. */
export interface Lease extends Generation {
  /** Idempotent. */
  release(): void;
}

/** Hands out the current generation and knows how many requests still read an older one. */
export class SnapshotHolder<G extends Generation = Generation> {
  #current: Tenancy<G>;

  constructor(first: G) {
    this.#current = { generation: first, leases: 0, onIdle: undefined };
  }

  get current(): G {
    return this.#current.generation;
  }

  /** Requests that hold a lease on the current generation. */
  get leases(): number {
    return this.#current.leases;
  }

  acquire(): Lease {
    const tenancy = this.#current;
    tenancy.leases += 1;
    let held = true;
    return {
      snapshot: tenancy.generation.snapshot,
      ports: tenancy.generation.ports,
      release: () => {
        if (!held) return;
        held = false;
        tenancy.leases -= 1;
        if (tenancy.leases === 0) tenancy.onIdle?.();
      },
    };
  }

  /** Serves `next` from now on. Resolves when no request reads the generation before it any more. */
  swap(next: G): Promise<void> {
    const before = this.#current;
    this.#current = { generation: next, leases: 0, onIdle: undefined };
    if (before.leases === 0) return Promise.resolve();
    return new Promise((resolve) => {
      before.onIdle = resolve;
    });
  }
}

interface Tenancy<G> {
  readonly generation: G;
  leases: number;
  onIdle: (() => void) | undefined;
}

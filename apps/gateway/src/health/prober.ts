import { errorRow, toGatewayError } from '@sluice/contract';
import type { ControlledCircuits } from '@sluice/breaker';
import type { ErrorCode, Permit, Provider } from '@sluice/contract';
import type { TargetStatsTable } from '@sluice/core';
import type { ProbeSettings } from '../config/probe-settings.js';
import { callProbe } from './probe-call.js';
import type { ProbeCallDeps } from './probe-call.js';

/** What came of the last probe with one key. */
export interface ProbeResult {
  readonly ok: boolean;
  /** On the monotonic clock, when it ended. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly errorCode?: ErrorCode;
}

export interface ProberDeps extends ProbeCallDeps {
  readonly circuits: Pick<ControlledCircuits, 'admit' | 'list'>;
  readonly stats: Pick<TargetStatsTable, 'find'>;
  readonly random: () => number;
  /** No probe is begun while it is false. */
  isServing(): boolean;
}

export interface ProberInit {
  /** The operator's name of the provider. */
  readonly name: string;
  /** One for each key. */
  readonly keys: readonly Provider[];
  readonly settings: ProbeSettings;
}

/** Probes do not come together, however many gateways began together. */
const JITTER = 0.1;

/**
 * Asks one provider, now and then, how it fares, and tells its circuits: those of the targets that no request has asked
 * since the last time, and those of the key whose turn it is. At most one call is under way, and none where requests tell
 * as much, or where the circuits would let nobody through.
 */
export class Prober {
  readonly #init: ProberInit;
  readonly #deps: ProberDeps;
  readonly #stop = new AbortController();
  readonly #results = new Map<number, ProbeResult>();
  #targets: readonly string[] = [];
  #turn = 0;
  #cancel: () => void;

  constructor(init: ProberInit, deps: ProberDeps) {
    this.#init = init;
    this.#deps = deps;
    this.#cancel = this.#wait(init.settings.everyMs * deps.random());
  }

  /** The targets (`provider/model`) that the configuration of the moment names. */
  watch(targets: readonly string[]): void {
    this.#targets = targets;
  }

  /** What the last probe with a key has found; nothing where requests have asked since. */
  find(key: number): ProbeResult | undefined {
    const result = this.#results.get(key);
    const isOld = result && this.#targets.some((target) => this.#usedAtMs(target) > result.atMs);
    return isOld ? undefined : result;
  }

  stop(): void {
    this.#cancel();
    this.#stop.abort();
  }

  #wait(ms: number): () => void {
    return this.#deps.clock.after(ms, () => void this.#turnCame());
  }

  /** Never rejects. */
  async #turnCame(): Promise<void> {
    const { random, isServing } = this.#deps;
    if (isServing()) await this.#probe();
    if (this.#stop.signal.aborted) return;
    this.#cancel = this.#wait(this.#init.settings.everyMs * (1 - JITTER + 2 * JITTER * random()));
  }

  async #probe(): Promise<void> {
    const { name, keys } = this.#init;
    const known = this.#known();
    const idle = known.filter((target) => this.#isIdle(target));
    if (known.length > 0 && idle.length === 0) return;
    const targets = known.length > 0 ? idle : [name];
    for (let i = 0; i < keys.length; i += 1) {
      const key = (this.#turn + i) % keys.length;
      const permits = targets.flatMap((target) => this.#admit(target, key) ?? []);
      if (permits.length === 0) continue;
      this.#turn = key + 1;
      return this.#ask(key, permits);
    }
  }

  /** Targets that the configuration names, and those in trouble that only callers do. */
  #known(): readonly string[] {
    const ofProvider = `${this.#init.name}/`;
    const troubled = this.#deps.circuits
      .list()
      .filter(({ of, target, failures }) => of === 'target' && failures > 0 && target.startsWith(ofProvider));
    return [...new Set([...this.#targets, ...troubled.map(({ target }) => target)])];
  }

  #admit(target: string, key: number): Permit | undefined {
    const { name } = this.#init;
    return this.#deps.circuits.admit({ target, key: `${name}#${key}`, keyAtTarget: `${target}#${key}` });
  }

  async #ask(key: number, permits: readonly Permit[]): Promise<void> {
    const { clock } = this.#deps;
    const { keys, settings } = this.#init;
    const beganMs = clock.monotonic();
    const note = (result: Pick<ProbeResult, 'ok' | 'errorCode'>): void => {
      const atMs = clock.monotonic();
      this.#results.set(key, { ...result, atMs, tookMs: atMs - beganMs });
    };
    try {
      await callProbe({ ...settings, provider: keys[key] as Provider }, this.#deps, this.#stop.signal);
      for (const permit of permits) permit.succeed();
      note({ ok: true });
    } catch (cause) {
      const error = toGatewayError(cause);
      // Stopped, or a question that is at fault itself: nothing is known of the provider.
      const isVerdict = !this.#stop.signal.aborted && errorRow(error.code).retry !== 'never';
      for (const permit of permits) {
        if (isVerdict) permit.fail(error);
        else permit.forget();
      }
      note({ ok: false, errorCode: error.code });
    }
  }

  #isIdle(target: string): boolean {
    const { clock, stats } = this.#deps;
    if ((stats.find(target)?.inFlight ?? 0) > 0) return false;
    return this.#usedAtMs(target) <= clock.monotonic() - this.#init.settings.everyMs;
  }

  #usedAtMs(target: string): number {
    return this.#deps.stats.find(target)?.usedAtMs ?? Number.NEGATIVE_INFINITY;
  }
}

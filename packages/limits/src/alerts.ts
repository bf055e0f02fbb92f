import type { ClaimState } from '@sluice/contract';
import type { Budget } from './templates.js';

/** A budget of which much is used. */
export interface BudgetAlert {
  readonly budget: string;
  readonly scope: string;
  /** `exceeded`: a request was refused, or went elsewhere. */
  readonly kind: 'soft' | 'share' | 'exceeded';
  /** Of a `share`. */
  readonly share?: number;
  readonly usedNanoUsd: number;
  readonly limitNanoUsd: number;
  readonly webhook?: string;
}

const DEFAULT_SHARES = [0.8, 1] as const;
const MAX_REMEMBERED = 10_000;

interface Threshold {
  /** By which is remembered that it was told. */
  readonly key: string;
  readonly kind: BudgetAlert['kind'];
  readonly share?: number;
  readonly atNanoUsd: number;
}

/**
 * Tells once when a budget has reached a threshold, and again when it does in another window. Never throws: by then the
 * request's row may be written.
 */
export class Alerts {
  readonly #tell: (alert: BudgetAlert) => void;
  readonly #onError: (cause: unknown) => void;
  readonly #thresholds = new WeakMap<Budget, readonly Threshold[]>();
  /** By what was told: with less used than this, another window has begun. */
  readonly #told = new Map<string, number>();

  constructor(tell: (alert: BudgetAlert) => void, onError: (cause: unknown) => void) {
    this.#tell = tell;
    this.#onError = onError;
  }

  /** `ownNanoUsd` is what the request itself has reserved: it is not spent yet. */
  note(budget: Budget, { claim, remaining }: ClaimState, ownNanoUsd: number): void {
    const used = claim.limit - remaining - ownNanoUsd;
    for (const threshold of this.#of(budget)) this.#check(budget, threshold, used);
  }

  exceeded(budget: Budget, { claim, remaining }: ClaimState): void {
    const limit = claim.limit;
    this.#check(budget, { key: keyOf(budget, 'exceeded'), kind: 'exceeded', atNanoUsd: 0 }, limit - remaining);
  }

  #of(budget: Budget): readonly Threshold[] {
    let thresholds = this.#thresholds.get(budget);
    if (!thresholds) this.#thresholds.set(budget, (thresholds = thresholdsOf(budget)));
    return thresholds;
  }

  #check(budget: Budget, { key, kind, share, atNanoUsd }: Threshold, used: number): void {
    const told = this.#told.get(key);
    if (told !== undefined && used < told) this.#told.delete(key);
    if (used < atNanoUsd || this.#told.has(key)) return;
    if (this.#told.size >= MAX_REMEMBERED) this.#told.clear();
    // Others give back what they have reserved and not used: a little less is no other window.
    this.#told.set(key, (atNanoUsd > 0 ? atNanoUsd : used) / 2);
    const { nanoUsd, softNanoUsd = 0, webhook } = budget.rules;
    const alert: BudgetAlert = {
      budget: budget.name,
      scope: budget.scope,
      kind,
      ...(share === undefined ? {} : { share }),
      usedNanoUsd: used,
      limitNanoUsd: nanoUsd ?? softNanoUsd,
      ...(webhook === undefined ? {} : { webhook }),
    };
    try {
      this.#tell(alert);
    } catch (cause) {
      this.#onError(cause);
    }
  }
}

function thresholdsOf(budget: Budget): readonly Threshold[] {
  const { nanoUsd, softNanoUsd, alertsAt = DEFAULT_SHARES } = budget.rules;
  const thresholds: Threshold[] = [];
  if (softNanoUsd !== undefined) thresholds.push({ key: keyOf(budget, 'soft'), kind: 'soft', atNanoUsd: softNanoUsd });
  if (nanoUsd === undefined) return thresholds;
  for (const share of alertsAt) {
    thresholds.push({ key: keyOf(budget, `share${share}`), kind: 'share', share, atNanoUsd: share * nanoUsd });
  }
  return thresholds;
}

function keyOf({ scope, name }: Budget, what: string): string {
  return `${scope}\n${name}\n${what}`;
}

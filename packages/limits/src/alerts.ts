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
  readonly kind: BudgetAlert['kind'];
  readonly share?: number;
  readonly atNanoUsd: number;
}

/** Tells once when a budget has reached a threshold, and again when it does in another window. */
export class Alerts {
  readonly #tell: (alert: BudgetAlert) => void;
  /** By what was told: with less used than this, another window has begun. */
  readonly #told = new Map<string, number>();

  constructor(tell: (alert: BudgetAlert) => void) {
    this.#tell = tell;
  }

  /** `ownNanoUsd` is what the request itself has reserved: it is not spent yet. */
  note(budget: Budget, { claim, remaining }: ClaimState, ownNanoUsd: number): void {
    const used = claim.limit - remaining - ownNanoUsd;
    for (const threshold of thresholdsOf(budget)) this.#check(budget, threshold, used);
  }

  exceeded(budget: Budget, { claim, remaining }: ClaimState): void {
    const limit = claim.limit;
    this.#check(budget, { kind: 'exceeded', atNanoUsd: 0 }, limit - remaining);
  }

  #check(budget: Budget, { kind, share, atNanoUsd }: Threshold, used: number): void {
    const key = `${budget.scope}\n${budget.name}\n${kind}${share ?? ''}`;
    const told = this.#told.get(key);
    if (told !== undefined && used < told) this.#told.delete(key);
    if (used < atNanoUsd || this.#told.has(key)) return;
    if (this.#told.size >= MAX_REMEMBERED) this.#told.clear();
    // Others give back what they have reserved and not used: a little less is no other window.
    this.#told.set(key, (atNanoUsd > 0 ? atNanoUsd : used) / 2);
    const { nanoUsd, softNanoUsd = 0, webhook } = budget.rules;
    this.#tell({
      budget: budget.name,
      scope: budget.scope,
      kind,
      ...(share === undefined ? {} : { share }),
      usedNanoUsd: used,
      limitNanoUsd: nanoUsd ?? softNanoUsd,
      ...(webhook === undefined ? {} : { webhook }),
    });
  }
}

function thresholdsOf({ rules }: Budget): readonly Threshold[] {
  const { nanoUsd, softNanoUsd, alertsAt = DEFAULT_SHARES } = rules;
  const shares = nanoUsd === undefined ? [] : alertsAt;
  return [
    ...(softNanoUsd === undefined ? [] : [{ kind: 'soft', atNanoUsd: softNanoUsd } as const]),
    ...shares.map((share) => ({ kind: 'share', share, atNanoUsd: share * (nanoUsd as number) }) as const),
  ];
}

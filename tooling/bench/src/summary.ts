import type { Load } from './loads.js';
import type { Measurement } from './measure.js';
import type { Round } from './rounds.js';
import { median } from './statistics.js';
import { TARGETS } from './targets.js';
import type { TargetName } from './targets.js';

/** Medians over the rounds of one target under one load. What compares is paired within a round first. */
export interface Summary {
  readonly load: Load;
  readonly target: TargetName;
  readonly unitsPerSecond: number;
  readonly cpuUs: number;
  /** CPU in terms of the pass-through's. */
  readonly ratio: Ratio;
  /** CPU in terms of what the target itself spent under the load that the limit is against; NaN where there is none. */
  readonly ownRatio: Ratio;
  /** Of a plain answer, or to a stream's first byte. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Over `direct`. */
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  readonly memoryMib: number;
  /** Absent where the load has no limit or the target is not the gateway. */
  readonly withinLimit?: boolean;
}

export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/**
 * One summary for each target that was measured. Figures that need an absent target are NaN. `others` are the same
 * rounds under the load that the limit is against.
 */
export function summarize(load: Load, rounds: readonly Round[], others: readonly Round[] = []): Summary[] {
  const measured = TARGETS.filter((target) => rounds[0]?.has(target));
  return measured.map((target) => summarizeTarget(load, target, { rounds, others }));
}

interface Measured {
  readonly rounds: readonly Round[];
  readonly others: readonly Round[];
}

function summarizeTarget(load: Load, target: TargetName, { rounds, others }: Measured): Summary {
  const over = (read: (own: Measurement, round: Round) => number | undefined): number[] =>
    rounds.map((round) => read(round.get(target) as Measurement, round) ?? Number.NaN);
  const ratio = toRatio(over((own, round) => quotient(own.cpuUs, round.get('pass-through')?.cpuUs)));
  const ownRatio = toRatio(rounds.map((round, i) => quotient(cpuOf(round, target), cpuOf(others[i], target))));
  const judgedBy = load.against === undefined ? ratio : ownRatio;
  const judged = target === 'sluice' && load.limit !== undefined && !Number.isNaN(judgedBy.median);
  return {
    load,
    target,
    unitsPerSecond: median(over((own) => own.unitsPerSecond)),
    cpuUs: median(over((own) => own.cpuUs)),
    ratio,
    ownRatio,
    p50Ms: median(over((own) => own.p50Ms)),
    p99Ms: median(over((own) => own.p99Ms)),
    addedP50Ms: median(over((own, round) => difference(own.p50Ms, round.get('direct')?.p50Ms))),
    addedP99Ms: median(over((own, round) => difference(own.p99Ms, round.get('direct')?.p99Ms))),
    memoryMib: median(over((own) => own.memoryMib)),
    ...(judged ? { withinLimit: judgedBy.median <= load.limit } : {}),
  };
}

export function toRatio(ratios: readonly number[]): Ratio {
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

const cpuOf = (round: Round | undefined, target: TargetName): number | undefined => round?.get(target)?.cpuUs;
const quotient = (value: number | undefined, by: number | undefined): number =>
  (value ?? Number.NaN) / (by ?? Number.NaN);
const difference = (value: number, from: number | undefined): number => value - (from ?? Number.NaN);

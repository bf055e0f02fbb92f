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
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number };
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

/** One summary for each target that was measured. Figures that need an absent target are NaN. */
export function summarize(load: Load, rounds: readonly Round[]): Summary[] {
  return TARGETS.filter((target) => rounds[0]?.has(target)).map((target) => summarizeTarget(load, target, rounds));
}

function summarizeTarget(load: Load, target: TargetName, rounds: readonly Round[]): Summary {
  const over = (read: (own: Measurement, round: Round) => number | undefined): number[] =>
    rounds.map((round) => read(round.get(target) as Measurement, round) ?? Number.NaN);
  const ratios = over((own, round) => quotient(own.cpuUs, round.get('pass-through')?.cpuUs));
  const ratio = { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
  const judged = target === 'sluice' && load.limit !== undefined && !Number.isNaN(ratio.median);
  return {
    load,
    target,
    unitsPerSecond: median(over((own) => own.unitsPerSecond)),
    cpuUs: median(over((own) => own.cpuUs)),
    ratio,
    p50Ms: median(over((own) => own.p50Ms)),
    p99Ms: median(over((own) => own.p99Ms)),
    addedP50Ms: median(over((own, round) => difference(own.p50Ms, round.get('direct')?.p50Ms))),
    addedP99Ms: median(over((own, round) => difference(own.p99Ms, round.get('direct')?.p99Ms))),
    memoryMib: median(over((own) => own.memoryMib)),
    ...(judged ? { withinLimit: ratio.median <= load.limit } : {}),
  };
}

const quotient = (value: number | undefined, by: number | undefined): number =>
  (value ?? Number.NaN) / (by ?? Number.NaN);
const difference = (value: number, from: number | undefined): number => value - (from ?? Number.NaN);

import type { TheirUse } from './read-export.js';

/** What the ledger says of one day and model. */
export interface OurUse {
  readonly day: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
}

const MEASURES = ['inputTokens', 'outputTokens', 'costMicroUsd'] as const;
export type Measure = (typeof MEASURES)[number];

/** Both sums of a day and model; `isOff` where they differ by more than is tolerated. */
export interface Comparison {
  readonly day: string;
  readonly model: string;
  readonly measure: Measure;
  readonly ours: number;
  readonly theirs: number;
  readonly isOff: boolean;
}

/** A cent: exports are rounded to it. */
const CENT_MICRO_USD = 10_000;

/**
 * Days and models in turn, with every measure that the provider tells; where it has nothing at all, with all of them.
 * `tolerance` is a share of the greater sum.
 */
export function compareUses(
  ours: readonly OurUse[],
  theirs: readonly TheirUse[],
  tolerance: number,
): readonly Comparison[] {
  // An export that tells no models is held against all of a day together.
  const isByModel = theirs.some(({ model }) => model !== '');
  const name = (model: string): string => (isByModel ? canonicalModel(model) : '');
  const mine = sumUp(ours, name);
  const their = sumUp(theirs, name);
  const told = MEASURES.filter((measure) => theirs.length === 0 || theirs.some((use) => use[measure] !== undefined));
  const places = [...new Set([...mine.keys(), ...their.keys()])].toSorted();
  return places.flatMap((place) => {
    const [day = '', model = ''] = place.split('\n');
    return told.map((measure) => {
      const [own, other] = [mine.get(place)?.[measure] ?? 0, their.get(place)?.[measure] ?? 0];
      return { day, model, measure, ours: own, theirs: other, isOff: isOff(measure, [own, other], tolerance) };
    });
  });
}

function isOff(measure: Measure, [own, other]: readonly [number, number], tolerance: number): boolean {
  const difference = Math.abs(own - other);
  const tolerated = tolerance * Math.max(own, other);
  return difference > (measure === 'costMicroUsd' ? Math.max(tolerated, CENT_MICRO_USD) : tolerated);
}

type Sums = Record<Measure, number>;

function sumUp(uses: readonly TheirUse[], name: (model: string) => string): ReadonlyMap<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const use of uses) {
    const place = `${use.day}\n${name(use.model)}`;
    const sum = sums.get(place) ?? { inputTokens: 0, outputTokens: 0, costMicroUsd: 0 };
    for (const measure of MEASURES) sum[measure] += use[measure] ?? 0;
    sums.set(place, sum);
  }
  return sums;
}

/**
 * One name for what a provider calls a model in answers and in exports: `Claude Haiku 4.5` and `claude-haiku-4-5-20251001`
 * are `claude-haiku-4-5`. Versions by their dates are one model.
 */
export function canonicalModel(model: string): string {
  const name = model
    .trim()
    .toLowerCase()
    .replaceAll(/[\s.]+/g, '-');
  return name.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
}

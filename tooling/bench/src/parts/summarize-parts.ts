import type { Results } from '../rounds.js';
import { median } from '../statistics.js';
import { toRatio } from '../summary.js';
import type { Ratio } from '../summary.js';
import { PARTS } from './parts.js';
import type { Part } from './parts.js';

/** Medians over the rounds of one part. */
export interface PartSummary {
  readonly part: Part;
  readonly cpuUs: number;
  /** CPU in terms of what a chat cost the pass-through in the same round. */
  readonly ratio: Ratio;
  readonly p50Ms: number;
  readonly withinLimit: boolean;
}

/** One summary for each part; none where the parts or the pass-through's chats were not measured. */
export function summarizeParts({ rounds, parts }: Pick<Results, 'rounds' | 'parts'>): readonly PartSummary[] {
  const chats = [...rounds].find(([{ name }]) => name === 'chat')?.[1] ?? [];
  if (parts.length === 0 || !chats[0]?.has('pass-through')) return [];
  return PARTS.map((part) => {
    const measured = parts.map((round) => round[part.name]);
    const base = (i: number): number => chats[i]?.get('pass-through')?.cpuUs ?? Number.NaN;
    const ratio = toRatio(measured.map(({ cpuUs }, i) => cpuUs / base(i)));
    const p50Ms = median(measured.map((one) => one.p50Ms));
    return {
      part,
      cpuUs: median(measured.map(({ cpuUs }) => cpuUs)),
      ratio,
      p50Ms,
      withinLimit: ratio.median <= part.limit && p50Ms <= (part.limitMs ?? Number.POSITIVE_INFINITY),
    };
  });
}

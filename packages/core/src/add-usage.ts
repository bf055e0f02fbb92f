import type { Usage } from '@sluice/contract';
import type { Writable } from '@sluice/toolkit';

const OPTIONAL = [
  'cachedInputTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
  'images',
  'audioSeconds',
  'characters',
  'searchUnits',
] as const satisfies readonly (keyof Usage)[];

/** What two targets used for one answer. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Writable<Usage> = {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
  for (const name of OPTIONAL) {
    if (a[name] !== undefined || b[name] !== undefined) sum[name] = (a[name] ?? 0) + (b[name] ?? 0);
  }
  if (a.billed || b.billed) {
    const [first, second] = [a.billed ?? a, b.billed ?? b];
    sum.billed = {
      inputTokens: first.inputTokens + second.inputTokens,
      outputTokens: first.outputTokens + second.outputTokens,
    };
  }
  return sum;
}

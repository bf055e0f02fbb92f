import type { Clock, ModerationVerdict } from '@sluice/contract';
import { withDeadline } from '@sluice/toolkit';
import type { WholeGuard } from './guard.js';

export interface ModerationInit {
  readonly provider: string;
  readonly model: string;
  /** Those that count, in the vendor's words; all where absent. */
  readonly categories?: readonly string[] | undefined;
  /** From which score on a category counts; where absent, the vendor decides. */
  readonly threshold?: number | undefined;
  readonly timeoutMs: number;
  readonly onFailure: 'allow' | 'reject';
}
/** Asks a provider to judge texts; one verdict for each. */
export type Moderate = (
  asked: { readonly provider: string; readonly model: string; readonly texts: readonly string[] },
  signal: AbortSignal,
) => Promise<readonly ModerationVerdict[]>;

export interface ModerationDeps {
  readonly clock: Clock;
  readonly moderate: Moderate;
}

/** Lets one of the configured providers judge. */
export function createModerationGuard(init: ModerationInit, { clock, moderate }: ModerationDeps): WholeGuard {
  const { provider, model, timeoutMs, onFailure } = init;
  return {
    reads: 'whole',
    onFailure,
    async judge({ texts: named }, signal) {
      const texts = named.map(({ text }) => text).filter((text) => text.trim() !== '');
      if (texts.length === 0) return { verdict: 'allow' };
      const ask = (bound: AbortSignal) => moderate({ provider, model, texts }, bound);
      const verdicts = await withDeadline(ask, { ms: timeoutMs, clock }, signal);
      if (verdicts.length < texts.length) throw new Error('The provider judged fewer texts than it was given.');
      return { verdict: verdicts.some((verdict) => isFlagged(verdict, init)) ? 'reject' : 'allow' };
    },
  };
}

function isFlagged(
  { flagged, categories, scores }: ModerationVerdict,
  { categories: only, threshold }: ModerationInit,
): boolean {
  if (threshold !== undefined)
    return Object.entries(scores).some(([name, score]) => counts(name, only) && score >= threshold);
  if (only === undefined) return flagged;
  return Object.entries(categories).some(([name, isSet]) => counts(name, only) && isSet);
}

function counts(category: string, only: readonly string[] | undefined): boolean {
  return only === undefined || only.includes(category);
}

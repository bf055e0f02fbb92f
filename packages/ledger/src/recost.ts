import { toGatewayError } from '@sluice/contract';
import type { Clock, LedgerAdjustment, LedgerRepository, LedgerRow, PriceRow } from '@sluice/contract';
import { Patience } from '@sluice/toolkit';
import { recostRow } from './recost-row.js';
import type { Recosted } from './recost-row.js';

export interface RecostDeps {
  readonly repository: Pick<LedgerRepository, 'settled' | 'adjust'>;
  /** Nothing where none are known. */
  readonly pricesOf: (provider: string, model: string) => readonly PriceRow[] | undefined;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Lets others have their turn, for so long: between two steps, and while another process holds the store. */
  readonly pause: (ms: number) => Promise<void>;
}
export interface RecostRange {
  readonly sinceMs: number;
  /** Leaves out what began then or later. */
  readonly untilMs: number;
  /** No row of the time has an id up to this one: spares reading the others. */
  readonly fromId: string;
  /** Nor one from this one on. */
  readonly beforeId?: string;
  readonly provider?: string;
  readonly model?: string;
  /** Only counts. */
  readonly dryRun?: boolean;
}
export interface RecostReport {
  /** Rows that were looked at; each counts in one of the four as well. */
  readonly requests: number;
  readonly adjusted: number;
  readonly unchanged: number;
  /** Whose model, or use, the prices do not have. */
  readonly unpriced: number;
  /** Whose cost their counts do not tell. */
  readonly unexplained: number;
  /** What was adjusted, together. */
  readonly microUsd: number;
}

/** Rows of one step: a few milliseconds. */
const ROWS_AT_ONCE = 256;

/**
 * Prices rows again and appends what they cost more or less; for what had no price and costs nothing, 0. Done again with
 * the same prices it appends nothing, and neither do two who do it at once: the second adjustment of the same number is
 * none. What was appended before the signal stays.
 */
export async function recost(deps: RecostDeps, range: RecostRange, signal: AbortSignal): Promise<RecostReport> {
  const report = { requests: 0, adjusted: 0, unchanged: 0, unpriced: 0, unexplained: 0, microUsd: 0 };
  for (let after = range.fromId; ;) {
    signal.throwIfAborted();
    const { sinceMs, untilMs, beforeId } = range;
    const rows = deps.repository.settled({
      sinceMs,
      untilMs,
      after,
      limit: ROWS_AT_ONCE,
      ...(beforeId !== undefined && { before: beforeId }),
    });
    const found = rows.filter((row) => isAsked(row, range)).map((row) => price(row, deps));
    const adjustments = found.flatMap((one) => (one.kind === 'adjusted' ? [one.adjustment] : []));
    const written = range.dryRun ? adjustments : await append(deps, adjustments, signal);
    report.requests += found.length;
    for (const { kind } of found) report[kind] += 1;
    // Somebody else has priced these again meanwhile.
    const others = adjustments.length - written.length;
    report.adjusted -= others;
    report.unchanged += others;
    for (const { microUsd } of written) report.microUsd += microUsd;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_AT_ONCE) return report;
    after = last.id;
    await deps.pause(0);
  }
}

/** Gives those that were not there yet. */
async function append(
  { repository, clock, pause }: RecostDeps,
  adjustments: readonly LedgerAdjustment[],
  signal: AbortSignal,
): Promise<readonly LedgerAdjustment[]> {
  if (adjustments.length === 0) return adjustments;
  const patience = new Patience(clock);
  for (;;) {
    signal.throwIfAborted();
    try {
      return repository.adjust(adjustments);
    } catch (cause) {
      const failure = toGatewayError(cause);
      if (!patience.has(failure)) throw failure;
      await pause(failure.details.retryAfterMs ?? 0);
    }
  }
}

function isAsked({ settlement }: LedgerRow, { provider, model }: RecostRange): boolean {
  if (provider !== undefined && settlement?.provider !== provider) return false;
  return model === undefined || settlement?.model === model;
}

function price(row: LedgerRow, { pricesOf, clock }: RecostDeps): Recosted {
  const { provider, model } = row.settlement ?? {};
  const prices = provider === undefined || model === undefined ? undefined : pricesOf(provider, model);
  return recostRow(row, { prices, nowMs: clock.now() });
}

import type { LedgerRepository, LedgerRow, PriceRow } from '@sluice/contract';
import { recostRow } from './recost-row.js';
import type { Recosted } from './recost-row.js';

export interface RecostDeps {
  readonly repository: Pick<LedgerRepository, 'settled' | 'adjust'>;
  /** Nothing where none are known. */
  readonly pricesOf: (provider: string, model: string) => readonly PriceRow[] | undefined;
  readonly nowMs: number;
  /** Between two steps: lets others have their turn. */
  readonly pause: () => Promise<void>;
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
 * Prices rows again and appends what they cost more or less. Done again with the same prices it appends nothing, and
 * neither do two who do it at once: the second adjustment of the same number is none. What was appended before the signal stays.
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
    if (!range.dryRun && adjustments.length > 0) deps.repository.adjust(adjustments);
    report.requests += found.length;
    for (const { kind } of found) report[kind] += 1;
    for (const { microUsd } of adjustments) report.microUsd += microUsd;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_AT_ONCE) return report;
    after = last.id;
    await deps.pause();
  }
}

function isAsked({ settlement }: LedgerRow, { provider, model }: RecostRange): boolean {
  if (provider !== undefined && settlement?.provider !== provider) return false;
  return model === undefined || settlement?.model === model;
}

function price(row: LedgerRow, { pricesOf, nowMs }: RecostDeps): Recosted {
  const { provider, model } = row.settlement ?? {};
  const prices = provider === undefined || model === undefined ? undefined : pricesOf(provider, model);
  return recostRow(row, { prices, nowMs });
}

import type { Catalogue } from '@sluice/catalogue';
import type { LedgerRepository } from '@sluice/contract';
import { recost } from '@sluice/ledger';
import type { RecostDeps, RecostRange, RecostReport } from '@sluice/ledger';
import { z } from 'zod';
import { catalogueKindOf } from '../compose/catalogue.js';
import type { Config } from '../config/schema.js';
import { systemClock } from '../system-clock.js';
import { timeRange } from './time-range.js';

/** Which requests are priced again. */
export interface RecostQuestion {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

const count = z.int().nonnegative();

export const recostView = z
  .strictObject({
    dryRun: z.boolean(),
    requests: count.meta({ description: 'Requests that were looked at.' }),
    adjusted: count.meta({ description: 'Of them, those that cost something else by the prices of today.' }),
    unchanged: count,
    unpriced: count.meta({ description: 'Those whose model, or use, has no price today.' }),
    unexplained: count.meta({
      description: 'Those whose cost was estimated, or shared by several models: their counts do not tell it.',
    }),
    microUsd: z.int().meta({ description: 'What was adjusted, together: less than zero where they cost less now.' }),
  })
  .meta({ description: 'What came of pricing requests again.' });

/** Prices the requests of a ledger again. */
export async function recostRequests(
  { repository, pricesOf }: { readonly repository: LedgerRepository; readonly pricesOf: RecostDeps['pricesOf'] },
  { sinceMs, untilMs, provider, model, dryRun = false }: RecostQuestion,
  signal: AbortSignal,
): Promise<z.output<typeof recostView>> {
  const { fromId = '', beforeId } = timeRange(sinceMs, untilMs);
  const range: RecostRange = {
    ...{ sinceMs, untilMs, fromId, dryRun },
    ...(beforeId !== undefined && { beforeId }),
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
  };
  const deps = { repository, pricesOf, clock: systemClock, pause };
  const report: RecostReport = await recost(deps, range, signal);
  return { dryRun, ...report };
}

/** What is ready in the meantime comes first. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));
}

/** The prices that a configuration and its catalogue have. */
export function pricesIn({ providers }: Pick<Config, 'providers'>, catalogue: Catalogue): RecostDeps['pricesOf'] {
  return (name, model) => {
    const settings = providers[name];
    return settings && catalogue.of({ name, kind: catalogueKindOf(settings) }).find(model)?.prices;
  };
}

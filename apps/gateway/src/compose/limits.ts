import { LimitBook, createLimiter, toBudgetRules } from '@sluice/limits';
import type { QueueingLimiter, StorePolicy } from '@sluice/limits';
import { createMemoryCounterStore } from '@sluice/store-memory';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Config } from '../config/schema.js';
import { systemClock } from '../system-clock.js';

/** What the limiter, which outlives every configuration, reads of the one that serves. */
export interface LimitsControl {
  readonly started: Config;
  current: () => { readonly config: Config; readonly book: LimitBook };
}

export function createLimitsControl(started: Config): LimitsControl {
  const first = { config: started, book: composeBook(started) };
  return { started, current: () => first };
}

/** The limits and budgets of the operator's file, beside those that keys have. */
export function composeBook({ limits, budgets }: Pick<Config, 'limits' | 'budgets'>): LimitBook {
  return new LimitBook({
    scopes: limits.scopes,
    budgets: Object.entries(budgets).map(([name, budget]) => ({
      name,
      rules: toBudgetRules(budget),
      ...(budget.scope === undefined ? {} : { scope: budget.scope }),
    })),
  });
}

interface LimiterParts {
  readonly store: SqliteStore;
  readonly limits: LimitsControl;
  readonly telemetry: ProcessTelemetry;
  readonly onError: (cause: unknown) => void;
}

const NANO = 1_000_000_000;

/** Money is always counted in the database: it must outlive the process. */
export function composeLimiter({ store, limits, telemetry, onError }: LimiterParts): QueueingLimiter {
  const local = createMemoryCounterStore({ clock: systemClock });
  const budgets = store.counters({ clock: systemClock });
  const isShared = limits.started.limits.store === 'sqlite';
  const policyOf = (name: 'onStoreFailure' | 'onBudgetStoreFailure') => (): StorePolicy => {
    const { storeTimeoutMs, [name]: onFailure } = limits.current().config.limits;
    return { timeoutMs: storeTimeoutMs, onFailure };
  };
  return createLimiter({
    store: isShared ? budgets : local,
    budgets,
    local,
    clock: systemClock,
    book: () => limits.current().book,
    policies: {
      budgets: policyOf('onBudgetStoreFailure'),
      ...(isShared ? { limits: policyOf('onStoreFailure') } : {}),
    },
    onError,
    onAlert: ({ usedNanoUsd, limitNanoUsd, ...alert }) =>
      telemetry.log.warn('budget alert', { ...alert, usedUsd: usedNanoUsd / NANO, limitUsd: limitNanoUsd / NANO }),
  });
}

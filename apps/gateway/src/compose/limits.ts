import { createLimiter } from '@sluice/limits';
import type { BudgetAlert, QueueingLimiter, StorePolicy } from '@sluice/limits';
import type { ClaimWindow, Counted, CounterStore, Transport } from '@sluice/contract';
import { createMemoryCounterStore } from '@sluice/store-memory';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Followers } from '../audit/followers.js';
import type { Config } from '../config/schema.js';
import { LiveBook } from '../limits/live-book.js';
import type { ReadSpending } from '../limits/spending.js';
import { sendWebhook } from '../limits/webhook.js';
import { systemClock } from '../system-clock.js';
import { openSharedStore } from './redis.js';
import type { SharedStore, SharedStoreParts } from './redis.js';

/** What the limiter, which outlives every configuration, reads of the one that serves. */
export interface LimitsControl {
  readonly started: Config;
  readonly book: LiveBook;
  /** Counts money; in the database, for it must outlive the process, or in what all machines share. */
  readonly budgets: CounterStore & ListedCounts;
  /** Counts everything, where it is there. */
  readonly shared: SharedStore | undefined;
  config: () => Config;
}

export interface ControlParts extends Omit<SharedStoreParts, 'counters' | 'timeoutMs'> {
  readonly store: SqliteStore;
  readonly followers: Followers;
}

export function createLimitsControl(started: Config, { store, followers, ...parts }: ControlParts): LimitsControl {
  const counters = store.counters({ clock: systemClock });
  const timeoutMs = (): number => control.config().limits.storeTimeoutMs;
  const shared = openSharedStore({ ...parts, counters, timeoutMs });
  const control: LimitsControl = {
    started,
    shared,
    budgets: shared?.counters ?? counters,
    book: new LiveBook({
      settings: store.settings,
      clock: systemClock,
      follow: followers.run,
      config: () => control.config(),
    }),
    config: () => started,
  };
  followers.onNews(() => control.book.refresh());
  return control;
}

/** What is counted now under a name in such windows, by scope, the most first. */
interface ListedCounts {
  list(window: ClaimWindow): readonly Counted[];
}

export interface LimiterParts {
  readonly limits: LimitsControl;
  readonly telemetry: Pick<ProcessTelemetry, 'counter' | 'gauge'> & {
    readonly log: Pick<ProcessTelemetry['log'], 'warn'>;
  };
  readonly transport: Pick<Transport, 'send'>;
  readonly onError: (cause: unknown) => void;
}

export function composeLimiter({ limits, telemetry, transport, onError }: LimiterParts): QueueingLimiter {
  const inMemory = (): CounterStore => createMemoryCounterStore({ clock: systemClock });
  const { budgets, book, shared } = limits;
  const isShared = shared !== undefined || limits.started.limits.store === 'sqlite';
  const policyOf = (name: 'onStoreFailure' | 'onBudgetStoreFailure') => (): StorePolicy => {
    const { storeTimeoutMs, [name]: onFailure } = limits.config().limits;
    return { timeoutMs: storeTimeoutMs, onFailure };
  };
  const limiter = createLimiter({
    store: isShared ? budgets : inMemory(),
    budgets,
    clock: systemClock,
    book: () => book.current,
    policies: {
      local: inMemory,
      budgets: policyOf('onBudgetStoreFailure'),
      ...(isShared ? { limits: policyOf('onStoreFailure') } : {}),
    },
    onError,
    onAlert: (alert) => tell(alert, { telemetry, transport, onError }),
  });
  telemetry.gauge('sluice_reservations', 'Requests that hold something of limits or budgets.', () => limiter.held);
  telemetry.counter(
    'sluice_limits_local_total',
    'Requests admitted by what this process alone has counted, while the store of counts was out of reach.',
    () => limiter.admittedLocally,
  );
  return limiter;
}

/** A shared store that is away stands in the way only where nothing that is limited is let through without it. */
export function hasNeededStores({ shared, config }: LimitsControl): boolean {
  return shared === undefined || shared.counters.isUp || config().limits.onStoreFailure !== 'reject';
}

/** What is spent, as `/admin/v1/budgets` shows it. */
export function readSpendingOf({ budgets }: LimitsControl): ReadSpending {
  return (window) =>
    budgets
      .list(window)
      .map(({ scope, used, endsAtMs }) => ({ scope, nanoUsd: Math.max(0, used), resetsAtMs: endsAtMs }));
}

const NANO = 1_000_000_000;

function tell(
  { usedNanoUsd, limitNanoUsd, webhook, ...alert }: BudgetAlert,
  { telemetry, transport, onError }: Omit<LimiterParts, 'limits'>,
): void {
  const told = { ...alert, usedUsd: usedNanoUsd / NANO, limitUsd: limitNanoUsd / NANO };
  telemetry.log.warn('budget alert', told);
  if (webhook === undefined) return;
  const payload = { type: 'budget_alert', at: new Date(systemClock.now()).toISOString(), ...told };
  void sendWebhook(webhook, payload, { transport, clock: systemClock, onError });
}

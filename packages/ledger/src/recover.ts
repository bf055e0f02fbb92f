import { errorRow, toGatewayError } from '@sluice/contract';
import type { Cancel, Clock, LedgerIntent, LedgerRepository, LedgerSettlement } from '@sluice/contract';
import { Patience } from '@sluice/toolkit';

export interface RecoveryDeps {
  readonly repository: Pick<LedgerRepository, 'append' | 'orphans'>;
  readonly clock: Clock;
  /** What such a request has cost, estimated by what is known of it; nothing where that is not enough. */
  readonly estimateMicroUsd?: (intent: LedgerIntent) => number | undefined;
  /** Told of each row that was settled: what it had reserved is to be settled too. */
  readonly onSettled?: (intent: LedgerIntent, settlement: LedgerSettlement) => void;
  /** Told how many rows were settled, where any were. */
  readonly onRecovered: (count: number) => void;
  readonly onError: (cause: unknown) => void;
}

/** How soon the rows of a process are settled that ends while this one runs. */
const LOOK_EVERY_MS = 2_000;
/** Rows of one transaction, so that many of them do not hold the event loop. */
const MAX_ROWS = 256;

/**
 * Settles what processes that have ended left open: now, and every two seconds until the function that it returns is
 * called. Nobody knows any more what came of such a request: its row says `interrupted`, with what it may have cost. Several processes
 * may do so at once; the first settlement stays.
 */
export function keepRecovering(deps: RecoveryDeps): Cancel {
  const recovery: Recovery = { ...deps, patience: new Patience(deps.clock) };
  let cancel: Cancel = () => undefined;
  let recovered = 0;
  const look = (): void => {
    const { settled, againMs } = recover(recovery);
    recovered += settled;
    const isDone = againMs === undefined;
    if (isDone && recovered > 0) deps.onRecovered(recovered);
    if (isDone) recovered = 0;
    cancel = deps.clock.after(againMs ?? LOOK_EVERY_MS, look);
  };
  look();
  return () => cancel();
}

interface Recovery extends RecoveryDeps {
  readonly patience: Patience;
}
interface Recovered {
  readonly settled: number;
  /** How soon to go on; absent when nothing is left, or nothing can be done now. */
  readonly againMs?: number;
}

/** One transaction's worth. */
function recover({ repository, clock, patience, ...deps }: Recovery): Recovered {
  const { onError, estimateMicroUsd, onSettled } = deps;
  try {
    const intents = repository.orphans(MAX_ROWS);
    if (intents.length === 0) return { settled: 0 };
    const nowMs = clock.now();
    const settlements = intents.map((intent) => interrupted(intent, estimateMicroUsd?.(intent), nowMs));
    repository.append({ intents: [], settlements });
    patience.renew();
    for (const [index, intent] of intents.entries()) onSettled?.(intent, settlements[index] as LedgerSettlement);
    return { settled: intents.length, againMs: 0 };
  } catch (cause) {
    const failure = toGatewayError(cause);
    if (patience.has(failure)) return { settled: 0, againMs: failure.details.retryAfterMs ?? 0 };
    onError(cause);
    return { settled: 0 };
  }
}

const NANO_PER_MICRO = 1_000;

/**
 * How long it ran and what it used went with its process; the time until now would only tell how long nobody looked. Where a
 * budget counts it, it costs what was reserved: that much it may have spent, and less would open the budget for more than there is.
 */
function interrupted(intent: LedgerIntent, estimated: number | undefined, settledAtMs: number): LedgerSettlement {
  const { reservedNanoUsd } = intent;
  const reserved = reservedNanoUsd === undefined ? undefined : Math.ceil(reservedNanoUsd / NANO_PER_MICRO);
  const costMicroUsd = reserved ?? estimated;
  return {
    id: intent.id,
    settledAtMs,
    status: errorRow('interrupted').status,
    errorCode: 'interrupted',
    attempts: [],
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    ...(costMicroUsd === undefined ? {} : { costMicroUsd }),
    usageSource: 'unknown',
    durationMs: 0,
  };
}

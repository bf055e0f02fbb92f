import { errorRow } from '@sluice/contract';
import type { Cancel, Clock, LedgerRepository, LedgerSettlement } from '@sluice/contract';

export interface RecoveryDeps {
  readonly repository: Pick<LedgerRepository, 'append' | 'orphans'>;
  readonly clock: Clock;
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
 * called. Nobody knows any more what came of such a request: its row says `interrupted`, usage unknown. Several processes
 * may do so at once; the first settlement stays.
 */
export function keepRecovering(deps: RecoveryDeps): Cancel {
  let cancel: Cancel = () => undefined;
  let recovered = 0;
  const look = (): void => {
    const isDone = recover(deps, (count) => (recovered += count));
    if (isDone && recovered > 0) deps.onRecovered(recovered);
    if (isDone) recovered = 0;
    cancel = deps.clock.after(isDone ? LOOK_EVERY_MS : 0, look);
  };
  look();
  return () => cancel();
}

/** One transaction's worth. True when nothing is left, or nothing can be done now. */
function recover({ repository, clock, onError }: RecoveryDeps, onSettled: (count: number) => void): boolean {
  try {
    const intents = repository.orphans(MAX_ROWS);
    if (intents.length === 0) return true;
    const nowMs = clock.now();
    repository.append({ intents: [], settlements: intents.map(({ id }) => interrupted(id, nowMs)) });
    onSettled(intents.length);
    return false;
  } catch (cause) {
    onError(cause);
    return true;
  }
}

/** How long it ran and what it used went with its process; the time until now would only tell how long nobody looked. */
function interrupted(id: string, settledAtMs: number): LedgerSettlement {
  return {
    id,
    settledAtMs,
    status: errorRow('interrupted').status,
    errorCode: 'interrupted',
    attempts: [],
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    usageSource: 'unknown',
    durationMs: 0,
  };
}

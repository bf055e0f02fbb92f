import { gatewayError } from '@sluice/contract';
import type { GatewayError, LedgerIntent, LedgerSettlement } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import type { ManualClock } from '@sluice/testkit';
import { createLedger } from '../index.js';
import type { ObservedLedger } from '../index.js';

export interface LedgerRig {
  readonly ledger: ObservedLedger;
  readonly clock: ManualClock;
  readonly errors: GatewayError[];
  /** Every row written, in order, with repetitions. */
  readonly intents: string[];
  readonly settlements: string[];
  /** Rows of each transaction that succeeded. */
  readonly commits: { intents: number; settlements: number }[];
  /** While true, every write throws; a row can be named as the one at fault instead. */
  fail: boolean | string;
  /** While true, somebody else holds the store. */
  isHeld: boolean;
  /** Runs what the ledger scheduled: a turn of the event loop, or so many. */
  turn(times?: number): void;
}

/** A ledger over an append-only store that a test can break. */
export function ledgerRig(): LedgerRig {
  const clock = createManualClock();
  const scheduled: (() => void)[] = [];
  const errors: GatewayError[] = [];
  const rig: LedgerRig = {
    ledger: createLedger({
      clock,
      repository: { append: (batch) => append(rig, batch) },
      onError: (error) => errors.push(error),
      schedule: (run) => scheduled.push(run),
    }),
    clock,
    errors,
    intents: [],
    settlements: [],
    commits: [],
    fail: false,
    isHeld: false,
    turn(times = 1) {
      for (let turned = 0; turned < times; turned += 1) scheduled.splice(0).forEach((run) => run());
    },
  };
  return rig;
}

interface AppendedBatch {
  readonly intents: readonly LedgerIntent[];
  readonly settlements: readonly LedgerSettlement[];
}

function append(rig: LedgerRig, { intents, settlements }: AppendedBatch): void {
  if (rig.isHeld) throw gatewayError('storage_unavailable', { message: 'Held.', details: { retryAfterMs: 5 } });
  const broken = typeof rig.fail === 'string' && settlements.some((row) => row.id === rig.fail);
  if (rig.fail === true || broken) throw gatewayError('storage_unavailable', { message: 'The disk is full.' });
  rig.commits.push({ intents: intents.length, settlements: settlements.length });
  rig.intents.push(...intents.map((row) => row.id));
  rig.settlements.push(...settlements.map((row) => row.id));
}

export function intent(id: string): LedgerIntent {
  return { id, startedAtMs: 0, keyId: 'key', tenant: 'default', route: 'chat', requestedModel: 'm', stream: false };
}

export function settlement(id: string): LedgerSettlement {
  return {
    id,
    settledAtMs: 0,
    status: 200,
    attempts: [],
    inputTokens: 1,
    outputTokens: 1,
    cachedTokens: 0,
    usageSource: 'provider',
    durationMs: 1,
  };
}

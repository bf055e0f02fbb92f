import type { Cancel, LedgerIntent, ModelFacts } from '@sluice/contract';
import { createCandidate } from '@sluice/core';
import type { Snapshot } from '@sluice/core';
import { keepRecovering, priceUse } from '@sluice/ledger';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { systemClock } from '../system-clock.js';
import type { Generations } from './generations.js';
import type { LimitsControl } from './limits.js';

export interface RecoveryParts {
  readonly store: Pick<SqliteStore, 'ledger'>;
  readonly telemetry: ProcessTelemetry;
  readonly limits: Pick<LimitsControl, 'budgets'>;
}

const NANO_PER_MICRO = 1_000;

/** Settles what processes left open that were killed, now and while this one runs, with their budgets, and tells of it. */
export function recoverRows({ store, telemetry, limits }: RecoveryParts, generations: Generations): Cancel {
  const { log, counter } = telemetry;
  const onError = (cause: unknown): void => log.error('ledger recovery failed', { err: cause });
  let total = 0;
  counter('sluice_interrupted_requests_total', 'Requests of processes that were killed, settled here.', () => total);
  return keepRecovering({
    repository: store.ledger,
    clock: systemClock,
    estimateMicroUsd: (intent) => estimateInterrupted(intent, generations.current.snapshot),
    onSettled({ id, reservedNanoUsd }, { costMicroUsd = 0 }) {
      if (reservedNanoUsd === undefined) return;
      limits.budgets.settle(id, { spend: costMicroUsd * NANO_PER_MICRO }).catch(onError);
    },
    onRecovered(count) {
      total += count;
      log.warn('requests of a process that was killed are settled', { count });
    },
    onError,
  });
}

const BYTES_PER_TOKEN = 4;

/** By the size of its prompt, at the price of the first model that it would have gone to. What it wrote is not known. */
function estimateInterrupted(
  { promptBytes, requestedModel, startedAtMs: atMs }: LedgerIntent,
  snapshot: Pick<Snapshot, 'aliases' | 'providers'>,
): number | undefined {
  if (promptBytes === undefined) return undefined;
  const usage = { inputTokens: Math.ceil(promptBytes / BYTES_PER_TOKEN), outputTokens: 0 };
  const prices = factsOf(requestedModel, snapshot)?.prices ?? [];
  const pico = priceUse({ prices, usage, atMs });
  return pico === undefined ? undefined : Math.ceil(Number(pico) / 1_000_000);
}

function factsOf(
  model: string,
  { aliases, providers }: Pick<Snapshot, 'aliases' | 'providers'>,
): ModelFacts | undefined {
  const [first] = aliases.get(model)?.targets ?? [];
  if (first) return first.candidate.target.facts;
  const slash = model.indexOf('/');
  const provider = slash > 0 ? providers.get(model.slice(0, slash)) : undefined;
  return provider && createCandidate(provider, model.slice(slash + 1)).target.facts;
}

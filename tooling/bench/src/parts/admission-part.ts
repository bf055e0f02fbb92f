import type { AdmissionRequest, AmountsUsed, Clock, LedgerIntent, LedgerSettlement, Principal } from '@sluice/contract';
import { createLedger } from '@sluice/ledger';
import { LimitBook, createLimiter } from '@sluice/limits';
import { createMemoryCounterStore } from '@sluice/store-memory';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { Work } from './measure-part.js';

export interface AdmissionWork {
  readonly work: Work;
  /** Writes what the last requests left. */
  finish(): Promise<void>;
}

const NEVER = new AbortController().signal;
const A_LOT = 1_000_000_000;
const AT_MOST: AmountsUsed = { inputTokens: 220, outputTokens: 200, nanoUsd: 455_000 };
const USED: AmountsUsed = { inputTokens: 210, outputTokens: 150, nanoUsd: 352_500 };

/** A caller with limits of requests, tokens and concurrency, and with a budget. */
const CALLER: Principal = {
  kind: 'key',
  role: 'caller',
  keyId: 'key_bench',
  keyName: 'bench',
  tenant: 'default',
  limits: { requestsPerMinute: A_LOT, tokensPerMinute: A_LOT, concurrent: A_LOT },
  budget: { usd: 4_000_000, window: '30d' },
};

/** What a request with all limits and a budget does before its upstream call and after, on the embedded stores. */
export function createAdmissionWork(store: SqliteStore, clock: Clock): AdmissionWork {
  const fail = (cause: unknown): never => {
    throw cause;
  };
  const book = new LimitBook({ scopes: {}, budgets: [] });
  const limiter = createLimiter({
    store: createMemoryCounterStore({ clock }),
    budgets: store.counters({ clock }),
    clock,
    book: () => book,
    policies: {
      budgets: () => ({ timeoutMs: 500, onFailure: 'reject' }),
      local: () => createMemoryCounterStore({ clock }),
    },
    onError: fail,
  });
  const ledger = createLedger({ repository: store.ledger, clock, onError: fail });
  let number = 0;
  const work = async (): Promise<void> => {
    const id = `req_${String((number += 1)).padStart(26, '0')}`;
    const admission = await limiter.admit(new Asking(id, clock), NEVER);
    if (!admission.isRecorded) await ledger.open(toIntent(id, clock));
    admission.settle(USED);
    ledger.settle(toSettlement(id, clock));
  };
  return { work, finish: () => ledger.flush() };
}

/** As the pipeline asks: a row is made where somebody wants it. */
class Asking implements AdmissionRequest {
  readonly id: string;
  readonly principal = CALLER;
  readonly models = ['bench', 'mock/bench-model'];
  readonly endUser = undefined;
  readonly mayGoElsewhere = false;
  readonly mayBeUnpriced = false;
  readonly atMost = AT_MOST;
  readonly #clock: Clock;

  constructor(id: string, clock: Clock) {
    this.id = id;
    this.#clock = clock;
  }

  toRow(): LedgerIntent {
    return toIntent(this.id, this.#clock);
  }
}

function toIntent(id: string, clock: Clock): LedgerIntent {
  return {
    id,
    startedAtMs: clock.now(),
    keyId: CALLER.keyId,
    tenant: CALLER.tenant,
    route: '/v1/chat/completions',
    requestedModel: 'bench',
    stream: false,
    reservedNanoUsd: AT_MOST.nanoUsd ?? 0,
  };
}

function toSettlement(id: string, clock: Clock): LedgerSettlement {
  return {
    id,
    settledAtMs: clock.now(),
    status: 200,
    provider: 'mock',
    model: 'bench-model',
    attempts: [{ provider: 'mock', model: 'bench-model', status: 200, durationMs: 3 }],
    inputTokens: USED.inputTokens,
    outputTokens: USED.outputTokens,
    cachedTokens: 0,
    costMicroUsd: 353,
    usageSource: 'provider',
    durationMs: 4,
  };
}

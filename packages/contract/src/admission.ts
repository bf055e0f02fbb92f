import type { Principal } from './identity.js';
import type { LedgerIntent } from './ports.js';
import type { Priority } from './slots.js';

/** Absent = no limit; 0 = none allowed. */
export interface LimitRules {
  readonly requestsPerMinute?: number;
  readonly requestsPerDay?: number;
  readonly requestsPerMonth?: number;
  /** Input and output together. */
  readonly tokensPerMinute?: number;
  readonly tokensPerDay?: number;
  readonly tokensPerMonth?: number;
  readonly inputTokensPerMinute?: number;
  readonly outputTokensPerMinute?: number;
  readonly concurrent?: number;
  /** Of the limits of a minute; `fixed` where absent. Days and months are the calendar's, in UTC. */
  readonly window?: 'fixed' | 'sliding';
  /** Absent = a request that does not fit is refused at once. */
  readonly queue?: QueueRules;
}
/** How a request waits that finds no room. */
export interface QueueRules {
  /** Requests that may wait at once. */
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

/** A budget in the words of operators. */
export interface BudgetTerms {
  readonly usd?: number;
  readonly softUsd?: number;
  /** `day`, `month`, or a number with its unit: `30d`. */
  readonly window?: string;
  readonly alertsAt?: readonly number[];
  readonly exceededStatus?: 429 | 402;
  readonly fallback?: string;
  readonly unpriced?: 'allow' | 'refuse';
  readonly webhook?: string;
}
/** How much money may be spent in a time. */
export interface BudgetRules {
  /** Whole nano-USD (10^-9 USD), beyond which nothing is spent. Absent = only alerts tell. */
  readonly nanoUsd?: number;
  /** An alert tells when so much is spent, and nothing else happens. */
  readonly softNanoUsd?: number;
  /** `day` and `month` are the calendar's, in UTC; milliseconds begin with the first use; absent = for good. */
  readonly window?: 'day' | 'month' | number;
  /** Shares of `nanoUsd` at which an alert tells. */
  readonly alertsAt?: readonly number[];
  /** Of the refusal; 429 where absent. */
  readonly exceededStatus?: 429 | 402;
  /** The alias that answers in place of a refusal. */
  readonly fallback?: string;
  /** What becomes of requests to models without a price; `allow` where absent. */
  readonly unpriced?: 'allow' | 'refuse';
  /** Where alerts go beside the log. */
  readonly webhook?: string;
  /** So much more, for some time. */
  readonly raise?: { readonly nanoUsd: number; readonly untilMs: number };
}

export interface Limiter {
  /** The admission of a caller whom nothing limits, at once; nothing where something may. */
  free(principal: Principal): Admission | undefined;
  /** Reserves what the request may use at most, or rejects with a 429 or 402 of the table. */
  admit(asking: AdmissionRequest, signal: AbortSignal): Promise<Admission>;
  /** As `admit`, but what does not fit waits for its turn as long as the caller's rules for a queue let it. */
  admitInTurn(asking: AdmissionRequest, turn: TurnRequest, signal: AbortSignal): Promise<Admission>;
}
/** Who asks for what. Read only as far as there are limits on it. */
export interface AdmissionRequest {
  /** Unique; the id of the request's row. */
  readonly id: string;
  readonly principal: Principal;
  /** Names that limits of models may have for it: as it was asked, and `provider/model` of who is asked first. */
  readonly models: readonly string[];
  /** Whom the caller says it asks for. */
  readonly endUser: string | undefined;
  /** Whether another model may answer it, where a budget says so. */
  readonly mayGoElsewhere: boolean;
  /** Whether a target may be asked whose price is not known. */
  readonly mayBeUnpriced: boolean;
  /** The most that it may use. */
  readonly atMost: AmountsUsed;
  /** Its row in the ledger, for a store that can write it together with what it reserves. Absent: somebody else writes it. */
  toRow?(reservedNanoUsd: number | undefined): LedgerIntent;
}
/** Of one request. */
export interface AmountsUsed {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Whole nano-USD, rounded up; `undefined` where no price is known. */
  readonly nanoUsd: number | undefined;
}
export interface TurnRequest {
  readonly priority: Priority;
  /** Until the request's own time is over. */
  readonly leftMs: number;
}
/** Without one nothing goes to a provider. */
export interface Admission {
  /** `x-ratelimit-*` after the reservation. */
  readonly headers: Readonly<Record<string, string>>;
  /** The alias that is to answer in place of what was asked, where a budget says so. */
  readonly instead?: string;
  /** What was reserved of money, for the row of a request that nobody will settle; absent where there is no budget. */
  readonly reservedNanoUsd?: number;
  /** Its row is in the ledger already: it was committed with what was reserved. */
  readonly isRecorded?: true;
  /** The request has ended: gives back what it did not use, takes what it used beyond. Idempotent. */
  settle(used: AmountsUsed): void;
}

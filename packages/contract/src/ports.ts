import type { ResponseHead, UpstreamRequest } from './provider.js';
import type { PriceRow } from './catalogue.js';
import type { Usage } from './models.js';
import type { Priority } from './slots.js';

export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Milliseconds that never step back. */
  monotonic(): number;
  /** Calls once after `ms`, unless cancelled. Never keeps the process alive. */
  after(ms: number, run: () => void): Cancel;
}
export type Cancel = () => void;

/** What a caller may do; the table of `@sluice/auth` says what each of them stands for. */
export type Role = 'owner' | 'admin' | 'operator' | 'viewer' | 'caller';

/** Who is calling. */
export interface Principal {
  /** `admin` is the operator of the gateway, who stands above all organisations. */
  readonly kind: 'key' | 'token' | 'admin';
  readonly role: Role;
  /** Id of the key's row; `admin` for the admin key and the in-process operator; of a token, a name for its subject. */
  readonly keyId: string;
  readonly keyName: string;
  /** Id of the organisation; `default` where there is none. */
  readonly tenant: string;
  readonly team?: string;
  readonly user?: string;
  /** Model names the key may ask for, as the caller writes them; `*` at the end stands for any rest. Absent = all. */
  readonly models?: readonly string[];
  /** Endpoints it may call, by their paths; `*` at the end stands for any rest. Absent = all. */
  readonly routes?: readonly string[];
  /** Tools that its requests may offer to models, by name; `*` at the end stands for any rest. Absent = all. */
  readonly tools?: readonly string[];
  /** Addresses and networks (`10.0.0.0/8`) that it may be used from. Absent = all. */
  readonly ips?: readonly string[];
  readonly limits: LimitRules;
  /** The budget that the key was given: its name in the file, or one of its own. Absent = the one called `default`. */
  readonly budget?: string | BudgetTerms;
}
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

export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Where a caller comes from: its socket. */
export interface Peer {
  readonly remoteAddress?: string | undefined;
}
/** What is known of a caller before anybody has asked who it is. */
export interface Stranger {
  readonly headers: IncomingHeaders;
  /** Absent inside a process. */
  readonly peer?: Peer;
}

export interface Authenticator {
  /** Who it is that asks a model. Rejects with a 401 or 403 of the table, or a 429 for an address that guesses. */
  authenticate(caller: Stranger, signal: AbortSignal): Promise<Principal>;
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
  /** The most that it may use. */
  readonly atMost: AmountsUsed;
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
  /** The request has ended: gives back what it did not use, takes what it used beyond. Idempotent. */
  settle(used: AmountsUsed): void;
}

/** How long to wait before each further try at one target; the first step is the wait before the second try. */
export type Backoff = () => BackoffStep;
/** One wait of a sequence that grows, by chance. */
export interface BackoffStep {
  readonly delayMs: number;
  next(): BackoffStep;
}

export interface ResponseCache {
  /** The key of an exact question; equal questions of two tenants differ. */
  key(question: CacheQuestion): string;
  /** Never rejects: a store that fails is a miss. */
  lookup(key: string, signal: AbortSignal): Promise<CachedAnswer | undefined>;
  store(key: string, answer: CachedAnswer): void;
}
export interface CacheQuestion {
  readonly tenant: string;
  readonly dialect: string;
  /** The caller's body. */
  readonly wire: unknown;
}
export interface CachedAnswer {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly provider: string;
  readonly model: string;
  readonly usage?: Usage;
}

/** The only way to a provider. */
export interface Transport {
  /** Resolves with the head; rejects with `upstream_connection_error`, `upstream_timeout`, ... or the signal's reason. */
  send(request: UpstreamRequest, options: SendOptions, signal: AbortSignal): Promise<UpstreamResponse>;
}
export interface SendOptions {
  readonly connectTimeoutMs: number;
}
export interface UpstreamResponse {
  readonly head: ResponseHead;
  readonly body: UpstreamBody;
}
/** Pull only: nothing is read from the socket beyond a small buffer until the next read is asked for. */
export interface UpstreamBody extends AsyncIterable<Uint8Array> {
  /** The whole body. Rejects with `upstream_invalid_response` past `maxBytes`. */
  bytes(maxBytes: number): Promise<Uint8Array>;
  /** Closes the exchange. Idempotent, safe after the end. */
  cancel(): void;
}

/** Lets an endpoint go on from what it answered before. */
export interface CallMemory {
  /** Reads a body whose caller is known. Throws an error of the table for what is not remembered. */
  recall(body: unknown, call: RecallingCall): RecalledCall;
}
export interface RecallingCall {
  readonly tenant: string;
  readonly keyId: string;
  /** The body as it came. */
  readonly bytes: Uint8Array;
  /** Unique for each answer. */
  readonly answerId: string;
}
export interface RecalledCall {
  /** The body as it is to be read: earlier turns are put in. */
  readonly body: unknown;
  /** In place of the caller's bytes, where what changed in the body is meant for every provider. */
  readonly bytes?: Uint8Array;
  /** The one provider to whom the caller's bytes still say everything; absent where they do so to all. */
  readonly onlyAt?: string;
  /**
   * Takes an answer as the caller gets it: a plain one whole, a stream in pieces of whole frames, each before it goes
   * out. Absent where nothing is to be remembered. Must not throw.
   */
  keep?(bytes: Uint8Array | string, provider: string): void;
  /** Set where the caller does not wait: the call goes on without it. */
  readonly detached?: DetachedCall;
}

/** A call that outlives its caller's connection. */
export interface DetachedCall {
  /** In place of the caller's, which counts no more. */
  readonly signal: AbortSignal;
  /**
   * Once, when the call is admitted: has the work done, and gives what the caller gets at once, a body of JSON or the whole
   * frames of a stream. Throws an error of the table where there is no room for it; then nothing was begun.
   */
  begin(work: () => Promise<DetachedAnswer>): string | AsyncIterable<string, undefined>;
}
/** What came of it; a failure is a body too. */
export type DetachedAnswer =
  | { readonly kind: 'plain'; readonly status: number; readonly body: Uint8Array | string }
  | { readonly kind: 'stream'; readonly chunks: AsyncIterable<Uint8Array | string, undefined> };

export type UsageSource = 'provider' | 'counted' | 'estimated' | 'unknown';
export type CacheState = 'hit' | 'miss' | 'refresh' | 'bypass';

/** One try at one target. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  /** HTTP status of the provider, absent when none arrived. */
  readonly status?: number;
  readonly errorCode?: string;
  readonly durationMs: number;
  /** Which key of the provider's pool it was made with, counted from 0; absent where there is one key. */
  readonly key?: number;
  /** It was to go on with the answer that an attempt before it had begun. */
  readonly continues?: true;
  /** Made beside one that was slow, not after it. */
  readonly hedge?: true;
  /** Ended because the other one answered first. */
  readonly abandoned?: true;
  /** Of an abandoned one, what it is estimated to have cost; not a part of the request's own cost. */
  readonly costMicroUsd?: number;
}

/** Written before any upstream call. */
export interface LedgerIntent {
  readonly id: string;
  readonly clientRequestId?: string;
  readonly startedAtMs: number;
  readonly keyId: string;
  readonly tenant: string;
  readonly route: string;
  readonly requestedModel: string;
  readonly stream: boolean;
  /** Bytes of the caller's body. */
  readonly promptBytes?: number;
  /** Money that is reserved for it, as long as nobody settles it; absent where no budget counts it. */
  readonly reservedNanoUsd?: number;
}
/** Written once, when the request has ended. */
export interface LedgerSettlement {
  readonly id: string;
  readonly settledAtMs: number;
  /** HTTP status that the caller got; 499 when it left. */
  readonly status: number;
  readonly errorCode?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly attempts: readonly AttemptRecord[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  /** Absent while no price is known. */
  readonly costMicroUsd?: number;
  /** By which it was costed; absent where none were known. */
  readonly prices?: readonly PriceRow[];
  readonly usageSource: UsageSource;
  readonly cache?: CacheState;
  readonly firstTokenMs?: number;
  readonly durationMs: number;
}
export interface Ledger {
  /** Resolves when the intent is committed: it survives the end of the process. Rejects with `storage_unavailable`. */
  open(intent: LedgerIntent): Promise<void>;
  /** Once per intent; later calls for the same id do nothing. */
  settle(settlement: LedgerSettlement): void;
  /** Writes what is still buffered. */
  flush(): Promise<void>;
}

/** Everything that the log line, the metrics and the ledger say of a request. */
export interface RequestRecord extends LedgerIntent, LedgerSettlement {
  readonly keyName: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Time that the gateway itself took: the whole less the waiting for providers. */
  readonly overheadMs: number;
}
export interface Telemetry {
  /** A request came in: counts it as in flight. */
  opened(route: string): void;
  settled(record: RequestRecord): void;
}

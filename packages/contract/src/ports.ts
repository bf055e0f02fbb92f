import type { ResponseHead, UpstreamRequest } from './provider.js';
import type { PriceRow } from './catalogue.js';
import type { Usage } from './models.js';

/** Time as an argument: what reads it, or waits, can be tested without waiting. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Milliseconds that never step back. */
  monotonic(): number;
  /** Calls once after `ms`, unless cancelled. Never keeps the process alive. */
  after(ms: number, run: () => void): Cancel;
}
/** Idempotent; does nothing once the call was made. */
export type Cancel = () => void;

/** How long to wait before each further try at one target; the first step is the wait before the second try. */
export type Backoff = () => BackoffStep;
/** One wait of a sequence that grows, by chance. */
export interface BackoffStep {
  readonly delayMs: number;
  next(): BackoffStep;
}

/** Answers that are given again to who asks the very same. */
export interface ResponseCache {
  /** The key of an exact question; equal questions of two tenants differ. */
  key(question: CacheQuestion): string;
  /** Never rejects: a store that fails is a miss. */
  lookup(key: string, signal: AbortSignal): Promise<CachedAnswer | undefined>;
  store(key: string, answer: CachedAnswer): void;
}
/** All that makes two requests the same one. */
export interface CacheQuestion {
  readonly tenant: string;
  readonly dialect: string;
  /** The caller's body. */
  readonly wire: unknown;
}
/** A whole plain answer, in the caller's dialect. */
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
/** What may differ from one request to the next. */
export interface SendOptions {
  /** For name, socket and TLS together. */
  readonly connectTimeoutMs: number;
}
/** An answer whose head has come, whatever its status. */
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
/** Whose call it is, and under which id its answer is kept. */
export interface RecallingCall {
  readonly tenant: string;
  readonly keyId: string;
  /** The body as it came. */
  readonly bytes: Uint8Array;
  /** Unique for each answer. */
  readonly answerId: string;
}
/** A call with what was remembered. */
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

/** Who says how many tokens were used: the provider, our tokenizer for that very model, an estimate, or nobody. */
export type UsageSource = 'provider' | 'counted' | 'estimated' | 'unknown';
/** `hit`: answered from the cache. `miss`: not there. `refresh`: not looked for, but kept. `bypass`: neither, as streams are. */
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
  /** What the key was called then. */
  readonly keyName?: string;
  /** Id of the organisation. */
  readonly tenant: string;
  readonly team?: string;
  readonly user?: string;
  /** For whom the caller asked, in its own words. */
  readonly endUser?: string;
  /** What the caller wants it to be found by, each once; absent where there are none. */
  readonly tags?: readonly string[];
  readonly route: string;
  /** The alias, or the model at a provider, as the caller wrote it. */
  readonly requestedModel: string;
  readonly stream: boolean;
  /** Bytes of the caller's body. */
  readonly promptBytes?: number;
  /** Money that is reserved for it, as long as nobody settles it; absent where no budget counts it. */
  readonly reservedNanoUsd?: number;
}
/** What a cost depends on beside tokens in, tokens out and cached ones. What was not used is absent. */
export interface PricedExtras extends Omit<Usage, 'inputTokens' | 'outputTokens' | 'cachedInputTokens'> {
  /** As the provider reported it. */
  readonly serviceTier?: string;
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
  /** What else its cost depends on; absent where there is nothing else. */
  readonly priced?: PricedExtras;
  /** Absent while no price is known. */
  readonly costMicroUsd?: number;
  /** By which it was costed; absent where none were known. */
  readonly prices?: readonly PriceRow[];
  readonly usageSource: UsageSource;
  /** What the provider reported cannot be true; what counts here is what can. */
  readonly usageSuspect?: true;
  /** It cost more than was reserved for it. */
  readonly overReserved?: true;
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
  /** What guards did with it: `pii=rewritten`. Absent where none read it. */
  readonly guards?: string;
}
export interface Telemetry {
  /** A request came in: counts it as in flight. */
  opened(route: string): void;
  settled(record: RequestRecord): void;
}

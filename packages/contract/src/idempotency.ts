/** A value with its time to live. */
export interface TimedValue {
  readonly value: Uint8Array;
  readonly ttlMs: number;
}

/** Bytes under a key, for a time, where every step is atomic over all processes that use the store. */
export interface AtomicKeyValueStore {
  /** Writes where there is nothing. Where there is something, changes nothing and returns it. */
  putIfAbsent(key: string, entry: TimedValue, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Replaces `expected`, its time too. False, with nothing changed, where something else is there, or nothing. */
  replace(key: string, change: TimedValue & { readonly expected: Uint8Array }, signal: AbortSignal): Promise<boolean>;
  /** False, with nothing changed, where something else than `expected` is there, or nothing. */
  deleteIf(key: string, expected: Uint8Array, signal: AbortSignal): Promise<boolean>;
}

/** A request that its caller has given a key of its own. */
export interface IdempotentRequest {
  readonly tenant: string;
  /** The id of the API key. */
  readonly keyId: string;
  /** As the caller wrote it. */
  readonly key: string;
  /** All that makes it the same request, in order. */
  readonly parts: readonly (string | Uint8Array)[];
}
/** The first answer to a request, whole. */
export interface KeptAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}
/** The right to be the one who answers. Ends with `keep` or `release`; what comes after does nothing. */
export interface IdempotencyClaim {
  /** Counts in place of the caller's from when on the request is carried out: it does not end when the caller leaves. */
  readonly signal: AbortSignal;
  /** The largest body that is kept. */
  readonly maxBytes: number;
  /** Ends the request with `reason`, which `signal` tells. */
  abort(reason: Error): void;
  /** The answer is given to all who ask again. Never rejects: what cannot be kept is as if it had been released. */
  keep(answer: KeptAnswer): Promise<void>;
  /** As if the request had never come. */
  release(): void;
}
export interface Idempotency {
  /**
   * The kept answer, or the claim to make it. Rejects with `idempotency_in_progress`, `idempotency_key_reused` or
   * `storage_unavailable`.
   */
  claim(request: IdempotentRequest, signal: AbortSignal): Promise<KeptAnswer | IdempotencyClaim>;
}

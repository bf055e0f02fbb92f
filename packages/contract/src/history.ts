/** A request whose bodies may be kept. */
export interface HistoryRequest {
  /** The gateway's own id; names the ledger row. */
  readonly id: string;
  /** As the caller wrote it. */
  readonly model: string;
  /** The `content-type` of its body. */
  readonly contentType: string;
  readonly body: Uint8Array;
}
/** What a caller gets, as it gets it. Never throws. */
export interface HistoryCapture {
  /** More of the answer. */
  push(chunk: Uint8Array | string): void;
  /** The caller gets no more. Later calls do nothing. */
  end(isFailed: boolean): void;
}
/** Keeps what callers sent and got, where operators want it kept. */
export interface History {
  /** `contentType` is the answer's. Nothing where nothing of such a request is kept. */
  begin(request: HistoryRequest, contentType: string): HistoryCapture | undefined;
}

/** Both bodies of one request, sealed. */
export interface HistoryRecord {
  readonly id: string;
  readonly expiresAtMs: number;
  readonly sealed: string;
}
/** Every method throws `storage_unavailable` when the store fails. */
export interface HistoryRepository {
  /** All or none; what is there under an id stays. */
  append(records: readonly HistoryRecord[]): void;
  /** Nothing for what has expired. */
  find(id: string, nowMs: number): string | undefined;
  /** Forgets what has expired, a bounded number at once; returns how many those were. */
  sweep(nowMs: number): number;
}

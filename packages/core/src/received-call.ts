import type { IncomingHeaders, Peer, Principal } from '@sluice/contract';

/** A request as the HTTP edge, or `gateway.fetch`, hands it over. Its body is not read yet. */
export interface ReceivedCall {
  /** The gateway's own id; names the ledger row. */
  readonly requestId: string;
  /** The caller's `x-request-id`, where it sent a valid one. */
  readonly clientRequestId?: string;
  readonly headers: IncomingHeaders;
  /** Absent inside a process. */
  readonly peer?: Peer;
  /** The parts of the path that the endpoint names, decoded. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: URLSearchParams;
  readonly trace: TraceContext;
  /** Aborted with `client_closed_request` when the caller leaves, with `draining` when the gateway stops hard. */
  readonly signal: AbortSignal;
  /** Set inside a process, where no key is needed. */
  readonly principal?: Principal;
  /** At most `limit` bytes where that is less than everybody may send. Rejects with `request_too_large`, `request_timeout` and the like. */
  readBody(limit?: number): Promise<Uint8Array>;
}
/** Of W3C trace context: the trace that the request belongs to, and our span in it. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  /** What goes upstream. */
  readonly traceparent: string;
}

import { errorRow, toGatewayError } from '@sluice/contract';
import type {
  Adjustment,
  AnswerSummary,
  AttemptRecord,
  CacheState,
  Clock,
  GatewayError,
  IncomingHeaders,
  LedgerIntent,
  Outcome,
  Principal,
  RequestRecord,
  Target,
  Usage,
  UsageSource,
} from '@sluice/contract';
import { estimateTokens } from './estimate.js';
import { SettleScope } from './settle-scope.js';

/** A request as the HTTP edge, or `gateway.fetch`, hands it over. Its body is not read yet. */
export interface ReceivedCall {
  /** The gateway's own id; names the ledger row. */
  readonly requestId: string;
  /** The caller's `x-request-id`, where it sent a valid one. */
  readonly clientRequestId?: string;
  readonly headers: IncomingHeaders;
  readonly trace: TraceContext;
  /** Aborted with `client_closed_request` when the caller leaves, with `draining` when the gateway stops hard. */
  readonly signal: AbortSignal;
  /** Set inside a process, where no key is needed. */
  readonly principal?: Principal;
  /** Rejects with `request_too_large`, `request_timeout` and the like. */
  readBody(): Promise<Uint8Array>;
}
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  /** What goes upstream. */
  readonly traceparent: string;
}

export interface CallDeps {
  readonly clock: Clock;
  /** Told of every settler that threw. */
  onInternalError(cause: unknown): void;
}

/** What is known of one request so far, and everything that it holds. */
export class Call {
  readonly received: ReceivedCall;
  readonly route: string;
  readonly scope: SettleScope;
  readonly startedAtMs: number;
  readonly attempts: AttemptRecord[] = [];
  principal: Principal | undefined;
  requestedModel = '';
  stream = false;
  bodyBytes = 0;
  /** True once the intent is written: from then on there is a row to settle. */
  accepted = false;
  served: Pick<Target, 'provider' | 'model'> | undefined;
  summary: AnswerSummary | undefined;
  cache: CacheState | undefined;
  adjustments: readonly Adjustment[] = [];
  status = 0;
  firstTokenMs: number | undefined;
  /** Time spent waiting for providers before the answer's head. */
  upstreamMs = 0;
  #overheadMs: number | undefined;
  readonly #clock: Clock;
  readonly #startedMs: number;

  constructor(received: ReceivedCall, route: string, { clock, onInternalError }: CallDeps) {
    this.received = received;
    this.route = route;
    this.scope = new SettleScope(onInternalError);
    this.#clock = clock;
    this.startedAtMs = clock.now();
    this.#startedMs = clock.monotonic();
  }

  elapsedMs(): number {
    return this.#clock.monotonic() - this.#startedMs;
  }

  /** Time that the gateway itself took up to the answer's head; fixed at the first call. */
  overheadMs(): number {
    this.#overheadMs ??= Math.max(0, this.elapsedMs() - this.upstreamMs);
    return this.#overheadMs;
  }

  /** The caller's leaving as its own outcome, everything else as the failure that it is. */
  outcomeOf(cause: unknown): Outcome {
    const { signal } = this.received;
    const error = toGatewayError(signal.aborted ? signal.reason : cause);
    return error.code === 'client_closed_request' ? { kind: 'client-gone' } : { kind: 'failed', error };
  }

  intent(): LedgerIntent {
    const { requestId, clientRequestId } = this.received;
    return {
      id: requestId,
      ...(clientRequestId === undefined ? {} : { clientRequestId }),
      startedAtMs: this.startedAtMs,
      keyId: this.principal?.keyId ?? '',
      tenant: this.principal?.tenant ?? '',
      route: this.route,
      requestedModel: this.requestedModel,
      stream: this.stream,
    };
  }

  /** The one record from which log line, metrics and ledger row are written. */
  record(outcome: Outcome): RequestRecord {
    const { usage, source } = this.#usage();
    const error = failureOf(outcome);
    return {
      ...this.intent(),
      keyName: this.principal?.keyName ?? '',
      traceId: this.received.trace.traceId,
      spanId: this.received.trace.spanId,
      settledAtMs: this.#clock.now(),
      status: this.#finalStatus(outcome),
      ...(error === undefined ? {} : { errorCode: error }),
      ...(this.served ? { provider: this.served.provider, model: this.served.model } : {}),
      attempts: this.attempts,
      inputTokens: usage?.inputTokens ?? 0,
      outputTokens: usage?.outputTokens ?? 0,
      cachedTokens: usage?.cachedInputTokens ?? 0,
      usageSource: source,
      ...(this.cache === undefined ? {} : { cache: this.cache }),
      ...(this.firstTokenMs === undefined ? {} : { firstTokenMs: this.firstTokenMs }),
      durationMs: this.elapsedMs(),
      overheadMs: this.overheadMs(),
    };
  }

  #finalStatus(outcome: Outcome): number {
    if (outcome.kind === 'client-gone') return 499;
    if (this.status !== 0) return this.status;
    return outcome.kind === 'failed' ? errorRow(outcome.error.code).status : 200;
  }

  #usage(): { usage: Usage | undefined; source: UsageSource } {
    if (this.cache === 'hit') return { usage: undefined, source: 'counted' };
    const usage = this.summary?.usage;
    if (usage) return { usage, source: 'provider' };
    const outputChars = this.summary?.outputChars ?? 0;
    if (outputChars === 0) return { usage: undefined, source: 'unknown' };
    const estimate = { inputTokens: estimateTokens(this.bodyBytes), outputTokens: estimateTokens(outputChars) };
    return { usage: estimate, source: 'estimated' };
  }
}

function failureOf(outcome: Outcome): GatewayError['code'] | undefined {
  if (outcome.kind === 'completed') return undefined;
  return outcome.kind === 'failed' ? outcome.error.code : 'client_closed_request';
}

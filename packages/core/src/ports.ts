import type {
  Authenticator,
  Backoff,
  CallMemory,
  Circuits,
  Clock,
  Dialect,
  Guards,
  History,
  Idempotency,
  Ledger,
  Limiter,
  OperationName,
  PriceUse,
  ResponseCache,
  Slots,
  Telemetry,
  TokenCounter,
  Transport,
} from '@sluice/contract';
import type { Answer } from './answer.js';
import type { AttemptMemory } from './attempts/attempt-memory.js';
import type { LeftBehind } from './left-behind.js';
import type { ReceivedCall } from './received-call.js';
import type { TargetStatsTable } from './routing/target-stats.js';

/** What the pipeline calls; the app plugs the packages in. */
export interface Ports {
  readonly clock: Clock;
  readonly random: () => number;
  readonly authenticator: Authenticator;
  readonly limiter: Limiter;
  readonly circuits: Circuits;
  /** Absent = targets take as many calls at once as come. */
  readonly slots?: Slots;
  readonly backoff: Backoff;
  readonly attempts: AttemptMemory;
  /** Written by attempts, read by routing; as long-lived as the circuits. */
  readonly stats: TargetStatsTable;
  readonly transport: Transport;
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  /** Reserved of output where neither the request nor the model sets a bound below it. */
  readonly assumedOutputTokens: number;
  /** Absent = nobody counts tokens here; they are estimated. */
  readonly tokens?: TokenCounter;
  /** Absent = no request has a cost. */
  readonly priceUse?: PriceUse;
  /** Absent = callers' own keys for requests mean nothing. */
  readonly idempotency?: Idempotency;
  /** Absent = no caching. */
  readonly cache?: ResponseCache;
  /** Absent = a call ends with its caller, whatever its route's policy. */
  readonly leftBehind?: LeftBehind;
  /** Absent = nothing is checked. */
  readonly guards?: Guards;
  /** Absent = nothing is kept of what is said. */
  readonly history?: History;
  /** True when the gateway is about to stop and takes no new calls. */
  isRefusing(): boolean;
  onInternalError(cause: unknown): void;
}

/** One endpoint of the data plane. */
export interface Endpoint<Request, Result, Event> {
  /** `/v1/chat/completions`; names the endpoint in logs, metrics and the ledger. */
  readonly route: string;
  readonly operation: OperationName;
  readonly dialect: Dialect<Request, Result, Event>;
  /** For a dialect whose calls may go on from earlier answers. */
  readonly memory?: CallMemory;
}

/** Answers a call. Never rejects: a failure is an answer in the caller's dialect. */
export type Pipeline = (received: ReceivedCall) => Promise<Answer>;

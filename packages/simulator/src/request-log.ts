import type { SimulatorClock } from './clock.js';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** What the simulator saw of one request. */
export interface SimulatedRequest {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  /** As received, credentials included: for tests only. */
  readonly headers: IncomingHttpHeaders;
  /** Empty until the body was read, and where it names none. */
  readonly model: string;
  /** Monotonic milliseconds of the simulator's clock: on the scale of `performance.now()` unless it was given another. */
  readonly openedAtMs: number;
  /** Absent while the exchange is under way. */
  readonly closedAtMs?: number;
  /** True when the caller left before its answer was complete. */
  readonly aborted: boolean;
  /** Resolves when the exchange is over, however it ended. */
  readonly closed: Promise<void>;
}

const KEPT_REQUESTS = 1_000;

export interface RequestLog {
  /** The last thousand, oldest first. */
  readonly requests: readonly SimulatedRequest[];
  open(request: IncomingMessage, response: ServerResponse): RequestEntry;
}
export interface RequestEntry {
  readonly number: number;
  /** Notes what the body asked for. */
  name(model: string): void;
  /** Notes that the caller left. */
  abort(): void;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export function createRequestLog(clock: SimulatorClock): RequestLog {
  const requests: SimulatedRequest[] = [];
  let count = 0;
  return {
    requests,
    open(request, response) {
      count += 1;
      const closed = Promise.withResolvers<void>();
      const entry: Mutable<SimulatedRequest> = {
        number: count,
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        model: '',
        openedAtMs: clock.monotonic(),
        aborted: false,
        closed: closed.promise,
      };
      response.once('close', () => {
        entry.closedAtMs = clock.monotonic();
        closed.resolve();
      });
      requests.push(entry);
      if (requests.length > KEPT_REQUESTS) requests.shift();
      return {
        number: count,
        name: (model) => void (entry.model = model),
        abort: () => void (entry.aborted = true),
      };
    },
  };
}

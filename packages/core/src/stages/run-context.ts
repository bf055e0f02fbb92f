import type { Admission, ParsedCall, Principal, RawCall, RecalledCall, WriteContext } from '@sluice/contract';
import type { Call } from '../call.js';
import type { Once } from '../once.js';
import type { CallBody } from '../parse-body.js';
import type { Endpoint, Ports } from '../ports.js';
import type { Wishes } from '../routing/wishes.js';
import type { Lease } from '../snapshot.js';

/** What the stages of any request share. */
export interface CallContext {
  readonly call: Call;
  readonly lease: Lease;
  readonly ports: Ports;
  /** The place within the limits, once there is one. */
  admission: Admission | undefined;
  /** Set where the caller gave the request a key of its own. */
  once: Once | undefined;
}
/** The stages behind the admission. */
export type Admitted<Run extends CallContext> = Run & { readonly admission: Admission };
/** Beside the endpoint, where the request is for one. */
export interface RunContext<Request, Result, Event> extends CallContext {
  readonly endpoint: Endpoint<Request, Result, Event>;
}

/** What the caller asks, once its body is read. */
export interface Asked<Request> {
  readonly principal: Principal;
  readonly parsed: ParsedCall<Request>;
  readonly raw: RawCall;
  /** The body as it came. */
  readonly given: CallBody;
  /** What the body says to the gateway itself. */
  readonly wishes: Wishes | undefined;
  /** Absent where the endpoint remembers nothing. */
  readonly recalled: RecalledCall | undefined;
}

/** The id that the caller sees: its own, where it sent one. */
export function visibleId({ received }: Call): string {
  return received.clientRequestId ?? received.requestId;
}

export function toWriteContext<Request>(call: Call, parsed: ParsedCall<Request>): WriteContext {
  return {
    requestId: visibleId(call),
    answerId: call.received.requestId,
    wire: parsed.wire,
    createdSeconds: Math.floor(call.startedAtMs / 1_000),
    wantsUsage: parsed.wantsUsage,
    streamType: parsed.streamType,
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { gatewayError } from '@sluice/contract';
import type { Clock, GatewayError, IncomingHeaders, Peer, Principal } from '@sluice/contract';
import type { ReceivedCall } from '@sluice/core';
import { readTraceContext } from '@sluice/telemetry';
import type { RandomHex } from '@sluice/telemetry';
import { FleetingMap, WhenIdle } from '@sluice/toolkit';
import type { Writable } from '@sluice/toolkit';
import { tellOfItsEnd } from './pipelined.js';
import { readBody } from './read-body.js';
import type { AssertRoom } from './read-body.js';
import type { FindClient } from './client-address.js';
import { clientRequestId } from './request-ids.js';

export interface CallerDeps {
  readonly newRequestId: () => string;
  readonly random: RandomHex;
  readonly clock: Clock;
  /** Asked for each caller as it comes. */
  readonly bodyLimitBytes: () => number;
  readonly assertRoom?: AssertRoom;
  /** Absent: callers are where their connection comes from. */
  readonly findClient?: FindClient;
}

/** What a caller brings, over a socket or in the process. */
export interface Arrival {
  readonly headers: IncomingHeaders;
  readonly peer?: Peer;
  /** Who calls where no key is needed. */
  readonly principal?: Principal | undefined;
  /** Rejects with `request_too_large` beyond `limit` bytes. */
  readBody(limit: number): Promise<Uint8Array>;
}

/** A caller that waits for its answer. */
export interface Visit {
  readonly received: ReceivedCall;
  /** Ends the call with `reason`. */
  abort(reason: GatewayError): void;
  /** The answer is complete, or nobody waits for it any more. Idempotent. */
  leave(): void;
}

/** The callers that are connected right now, each with the signal that tells when it has left. */
export class Callers {
  readonly #deps: CallerDeps;
  /** By number: objects in a set would each be given a hash first. */
  readonly #present = new FleetingMap<number, AbortController>();
  #admitted = 0;
  #lastArrivalMs = Number.NEGATIVE_INFINITY;
  readonly #idle = new WhenIdle(() => this.#present.size === 0);

  constructor(deps: CallerDeps) {
    this.#deps = deps;
  }

  /** Makes a call of an arrival and counts its caller in. */
  admit({ headers, peer, principal, readBody: read }: Arrival): Visit {
    const { newRequestId, random, clock, bodyLimitBytes } = this.#deps;
    const limit = bodyLimitBytes();
    const controller = new AbortController();
    const number = (this.#admitted += 1);
    this.#present.set(number, controller);
    this.#lastArrivalMs = clock.monotonic();
    const ownId = clientRequestId(headers);
    const received: Writable<ReceivedCall> = {
      requestId: newRequestId(),
      headers,
      trace: readTraceContext(headers['traceparent'], random),
      signal: controller.signal,
      readBody: (most = limit) => read(Math.min(most, limit)),
    };
    if (ownId !== undefined) received.clientRequestId = ownId;
    if (peer) received.peer = peer;
    if (principal) received.principal = principal;
    return { received, abort: (reason) => controller.abort(reason), leave: () => this.#leave(number) };
  }

  /** A call of which nothing is known, and whose caller is not counted in. */
  strange(): ReceivedCall {
    const visit = this.admit({ headers: {}, readBody: () => Promise.resolve(new Uint8Array()) });
    visit.leave();
    return visit.received;
  }

  /** How many have come so far: the number of the last one. */
  get admitted(): number {
    return this.#admitted;
  }

  /** Admits who came over a socket. The call's signal fires when the caller leaves before the answer is complete. */
  receive(req: IncomingMessage, res: ServerResponse): ReceivedCall {
    const visit = this.admit({
      headers: req.headers,
      peer: this.#deps.findClient?.(req.socket, req.headers) ?? req.socket,
      readBody: (limit) => {
        if (req.headers.expect !== undefined) res.writeContinue();
        return readBody(req, limit, this.#deps.assertRoom);
      },
    });
    tellOfItsEnd(req, res);
    res.on('close', () => {
      visit.leave();
      if (!res.writableFinished) visit.abort(gatewayError('client_closed_request'));
    });
    return visit.received;
  }

  /** Whether somebody is here, or came within the last `ms`. */
  seenWithin(ms: number): boolean {
    return this.#present.size > 0 || this.#deps.clock.monotonic() - this.#lastArrivalMs <= ms;
  }

  /** Resolves when no request is being answered any more. */
  empty(): Promise<void> {
    return this.#idle.wait();
  }

  /** Ends with `reason` the call of the caller of that number; nothing happens where it has left. */
  end(number: number, reason: GatewayError): void {
    this.#present.get(number)?.abort(reason);
  }

  /** Ends with `reason` every call that is still running, or those up to the caller of that number. */
  dismiss(reason: GatewayError, last = this.#admitted): void {
    for (const [number, controller] of this.#present) if (number <= last) controller.abort(reason);
  }

  #leave(number: number): void {
    if (this.#present.delete(number)) this.#idle.check();
  }
}

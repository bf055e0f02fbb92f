import type { IncomingMessage, ServerResponse } from 'node:http';
import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import type { ReceivedCall } from '@sluice/core';
import { readTraceContext } from '@sluice/telemetry';
import type { RandomHex } from '@sluice/telemetry';
import { readBody } from './read-body.js';
import { clientRequestId } from './request-ids.js';

export interface CallerDeps {
  readonly newRequestId: () => string;
  readonly random: RandomHex;
  readonly bodyLimitBytes: number;
}

export interface Visit {
  readonly controller: AbortController;
  leave(): void;
}

/** The callers that are connected right now, each with the signal that tells when it has left. */
export class Callers {
  readonly #deps: CallerDeps;
  readonly #present = new Set<AbortController>();
  #emptied: PromiseWithResolvers<void> | undefined;

  constructor(deps: CallerDeps) {
    this.#deps = deps;
  }

  /** Counts somebody in. `leave` is idempotent. */
  enter(): Visit {
    const controller = new AbortController();
    this.#present.add(controller);
    return { controller, leave: () => this.#leave(controller) };
  }

  /** Turns a request into a call. Its signal fires when the caller leaves before the answer is complete. */
  receive(req: IncomingMessage, res: ServerResponse): ReceivedCall {
    const { newRequestId, random, bodyLimitBytes } = this.#deps;
    const { controller, leave } = this.enter();
    res.once('close', () => {
      leave();
      if (!res.writableFinished) controller.abort(gatewayError('client_closed_request'));
    });
    const ownId = clientRequestId(req.headers);
    return {
      requestId: newRequestId(),
      ...(ownId === undefined ? {} : { clientRequestId: ownId }),
      headers: req.headers,
      trace: readTraceContext(req.headers['traceparent'], random),
      signal: controller.signal,
      readBody: () => readBody(req, bodyLimitBytes),
    };
  }

  /** Resolves when no request is being answered any more. */
  empty(): Promise<void> {
    if (this.#present.size === 0) return Promise.resolve();
    this.#emptied ??= Promise.withResolvers();
    return this.#emptied.promise;
  }

  /** Ends every call that is still running with `reason`. */
  dismiss(reason: GatewayError): void {
    for (const controller of this.#present) controller.abort(reason);
  }

  #leave(controller: AbortController): void {
    if (!this.#present.delete(controller) || this.#present.size > 0) return;
    this.#emptied?.resolve();
    this.#emptied = undefined;
  }
}

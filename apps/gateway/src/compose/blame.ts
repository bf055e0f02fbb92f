import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gatewayError } from '@sluice/contract';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Callers } from '../http/callers.js';

/** From this version on Node carries a context along at next to no cost; before, every promise pays for it. */
const CHEAP_SINCE = 24;

export type Handle = (req: IncomingMessage, res: ServerResponse) => void;

export interface BlameParts {
  readonly callers: Callers;
  readonly telemetry: ProcessTelemetry;
  /** Admits its caller before it returns. */
  readonly handle: Handle;
}

/** What finds out which request an error belongs to that nothing has caught. */
export interface Blame {
  readonly handle: Handle;
  readonly confine: (cause: unknown) => void;
}

export function createBlame({ callers, telemetry, handle }: BlameParts): Blame {
  const context = new AsyncLocalStorage<number>();
  let uncaught = 0;
  telemetry.counter('sluice_uncaught_errors_total', 'Errors that nothing has caught.', () => uncaught);
  const isCheap = Number.parseInt(process.versions.node, 10) >= CHEAP_SINCE;
  return {
    handle: isCheap ? (req, res) => context.run(callers.admitted + 1, handle, req, res) : handle,
    confine(cause) {
      uncaught += 1;
      telemetry.log.error('uncaught error', { err: cause });
      const number = context.getStore();
      if (number !== undefined) callers.end(number, gatewayError('internal_error', { cause }));
    },
  };
}

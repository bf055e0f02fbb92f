import { gatewayError } from '@sluice/contract';
import type { PlainAnswer } from '../answer.js';
import { headersOf } from './finish.js';
import { visibleId } from './run-context.js';
import type { RunContext } from './run-context.js';

/** A failure of any stage, as an answer in the caller's dialect; it ends the request. */
export function refuse<Request, Result, Event>(run: RunContext<Request, Result, Event>, cause: unknown): PlainAnswer {
  const { call, endpoint, ports } = run;
  const outcome = call.outcomeOf(isTooDeep(cause) ? gatewayError('json_too_deep', { cause }) : cause);
  const error = outcome.kind === 'failed' ? outcome.error : gatewayError('client_closed_request');
  try {
    if (error.code === 'internal_error') ports.onInternalError(error.cause ?? cause);
    const { status, headers, body } = endpoint.dialect.writeError(error, { requestId: visibleId(call) });
    call.status = outcome.kind === 'failed' ? status : 0;
    // Tries of both sides would multiply. The SDKs of all dialects look for this header.
    const retried = call.attempts.length > 1 ? { 'x-should-retry': 'false' } : {};
    return {
      kind: 'plain',
      status,
      headers: { ...headersOf(run), ...headers, ...error.details.headers, ...retried },
      body,
    };
  } finally {
    call.scope.settle(outcome);
  }
}

/** Parsing takes any depth; writing a body anew, for another dialect or as a cache key, takes a stack frame for each level. */
function isTooDeep(cause: unknown): boolean {
  return cause instanceof RangeError && cause.message.includes('call stack');
}

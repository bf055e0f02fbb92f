import { gatewayError } from '@sluice/contract';
import type { GatewayError, WrittenError } from '@sluice/contract';
import type { PlainAnswer } from '../answer.js';
import { headersOf } from './finish.js';
import type { CallContext } from './run-context.js';

/** A failure of any stage, as an answer in the words that `write` has for it; it ends the request. */
export function refuse(run: CallContext, cause: unknown, write: (error: GatewayError) => WrittenError): PlainAnswer {
  const { call, ports } = run;
  const outcome = call.outcomeOf(isTooDeep(cause) ? gatewayError('json_too_deep', { cause }) : cause);
  const error = outcome.kind === 'failed' ? outcome.error : gatewayError('client_closed_request');
  try {
    if (error.code === 'internal_error') ports.onInternalError(error.cause ?? cause);
    const { status, headers, body } = write(error);
    call.status = outcome.kind === 'failed' ? status : 0;
    // Tries of both sides would multiply, and where the gateway may not try again, callers had better not either. The
    // SDKs of all dialects look for this header.
    const retried = call.attempts.length > 1 || call.isOutOfRetries ? { 'x-should-retry': 'false' } : {};
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

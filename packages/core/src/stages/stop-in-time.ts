import { gatewayError } from '@sluice/contract';
import type { IncomingHeaders } from '@sluice/contract';
import type { CallContext } from './run-context.js';

const HEADER = 'x-sluice-timeout-ms';
const MILLISECONDS = /^[1-9]\d{0,8}$/;

/** How long the caller waits for all of its answer, in milliseconds; nothing where it does not say. Throws `invalid_value`. */
export function readTimeoutMs({ [HEADER]: asked }: IncomingHeaders): number | undefined {
  if (asked === undefined) return undefined;
  if (typeof asked === 'string' && MILLISECONDS.test(asked)) return Number(asked);
  throw gatewayError('invalid_value', {
    message: `The header ${HEADER} must be a whole number of milliseconds, from 1 to 999999999.`,
    details: { param: HEADER },
  });
}

/**
 * Ends the call when its caller waits no longer, where that is said. No target is to blame for it: to circuits and
 * statistics it is as if the caller had left, but it is there, and is told `upstream_timeout`.
 */
export function stopInTime({ call, ports }: Pick<CallContext, 'call' | 'ports'>): void {
  const timeoutMs = readTimeoutMs(call.received.headers);
  if (timeoutMs === undefined) return;
  const late = new AbortController();
  const message = `The answer took longer than the ${timeoutMs} ms that ${HEADER} gives it.`;
  const stop = (): void => late.abort(gatewayError('upstream_timeout', { message }));
  call.scope.add(ports.clock.after(timeoutMs - call.elapsedMs(), stop));
  call.signal = AbortSignal.any([call.signal, late.signal]);
}

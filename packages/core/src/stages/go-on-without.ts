import { gatewayError, toGatewayError } from '@sluice/contract';
import type { Call } from '../call.js';
import type { RoutePolicy } from '../snapshot.js';
import type { CallContext } from './run-context.js';

/**
 * From here on, what a provider has begun goes on when the caller leaves, where the policy wants it so: what it uses is then
 * known, and settled. Nothing new is begun for a caller that has left.
 */
export function goOnWithout({ call, ports }: CallContext, { drain }: Pick<RoutePolicy, 'drain'>): void {
  const { leftBehind } = ports;
  if (!drain || !leftBehind) return;
  const caller = call.signal;
  const own = new AbortController();
  const leave = (): void => {
    if (call.leftBehind || own.signal.aborted) return;
    const reason = caller.aborted ? toGatewayError(caller.reason) : gatewayError('client_closed_request');
    if (reason.code !== 'client_closed_request' || !isUnderWay(call)) return own.abort(reason);
    const { signal, end } = leftBehind.begin();
    signal.addEventListener('abort', () => own.abort(reason), { once: true });
    call.leftBehind = { giveUp: () => own.abort(reason) };
    call.scope.add(end);
  };
  call.signal = own.signal;
  call.drain = { tokens: drain.tokens, leave };
  if (caller.aborted) return leave();
  caller.addEventListener('abort', leave, { once: true });
  call.scope.add(() => caller.removeEventListener('abort', leave));
}

/** A provider has the request, or serves it. */
function isUnderWay(call: Call): boolean {
  return call.asked !== undefined || call.served !== undefined;
}

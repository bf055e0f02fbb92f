import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';

/** A field of an input that cannot be as it is. */
export function invalid(param: string, message: string): GatewayError {
  return gatewayError('invalid_value', { message, details: { param } });
}

/** What the caller has no right to. */
export function forbidden(message: string, param?: string): GatewayError {
  return gatewayError('route_not_allowed', { message, details: param === undefined ? {} : { param } });
}

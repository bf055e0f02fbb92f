import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';

const MAX_SHOWN_CHARS = 200;

/** A path that exists, but not for this method. */
export function methodNotAllowed(method: string, allow: readonly string[]): GatewayError {
  return gatewayError('method_not_allowed', {
    message: `This endpoint does not take ${method}; it takes ${allow.join(', ')}.`,
    details: { allow },
  });
}

/** A path that does not exist. */
export function unknownUrl(method: string, path: string): GatewayError {
  return gatewayError('unknown_url', {
    message: `Unknown URL: ${method} ${encodeURI(path).slice(0, MAX_SHOWN_CHARS)}.`,
  });
}

/** A body of more than `limit` bytes. */
export function bodyTooLarge(limit: number): GatewayError {
  return gatewayError('request_too_large', { message: `The body is larger than ${limit} bytes.` });
}

import { gatewayError } from '@sluice/contract';
import type { GatewayError, ResponseHead } from '@sluice/contract';

export function isOfType({ headers }: ResponseHead, type: string): boolean {
  return headers['content-type']?.startsWith(type) ?? false;
}

/** Frames cannot be told apart in compressed bytes, and no request asks for such. */
export function isCompressed({ headers }: ResponseHead): boolean {
  return (headers['content-encoding'] ?? 'identity') !== 'identity';
}

/** The provider's answer is of another kind than was asked. */
export function unexpected(got: string, wanted: string): GatewayError {
  return gatewayError('upstream_invalid_response', { message: `The provider sent ${got} instead of ${wanted}.` });
}

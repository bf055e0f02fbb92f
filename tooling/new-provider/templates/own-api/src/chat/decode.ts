import { gatewayError } from '@sluice/contract';
import type { ChatResult } from '@sluice/contract';
import { parseUpstreamJson } from '@sluice/toolkit';

/** The vendor's plain answer. Throws `upstream_invalid_response` or `upstream_truncated`. */
export function decodeChat(body: Uint8Array): ChatResult {
  parseUpstreamJson(body);
  throw gatewayError('upstream_invalid_response', { message: 'The provider answered something that is no chat.' });
}

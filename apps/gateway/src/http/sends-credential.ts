import { readCredential } from '@sluice/auth';
import { isGatewayError } from '@sluice/contract';
import type { IncomingHeaders } from '@sluice/contract';

/** A key that is sent counts, also a wrong one; an empty header is no key. */
export function sendsCredential(headers: IncomingHeaders): boolean {
  try {
    readCredential(headers);
    return true;
  } catch (cause) {
    return !isGatewayError(cause, 'missing_api_key');
  }
}

import { gatewayError } from '@sluice/contract';
import type { IncomingHeaders } from '@sluice/contract';

/**
 * Throws `origin_not_allowed` for what no page of the gateway's own asks, as its browser says: a cookie goes along whoever
 * asks, so it says nothing of who did.
 */
export function assertOwnPage({ origin, host, 'sec-fetch-site': site }: IncomingHeaders): void {
  if (origin === undefined && site === 'same-origin') return;
  const isOwn = typeof host === 'string' && (origin === `https://${host}` || origin === `http://${host}`);
  if (isOwn && (site === undefined || site === 'same-origin')) return;
  throw gatewayError('origin_not_allowed', {
    message: 'With the cookie of a session, only pages of the gateway may ask this.',
  });
}

/** It stands in a cookie, of which browsers take so much. */
export const MAX_PATH_CHARS = 500;

/** Where somebody goes after the sign-in: a path of this gateway that is not too long, or the console. */
export function toOwnPath(text: string | null): string {
  return text !== null &&
    text.length <= MAX_PATH_CHARS &&
    /^\/(?![/\\])[\w\-./~%?=&+:@!$'()*,;]*$/.test(text) &&
    !text.includes('..')
    ? text
    : '/console';
}

import type { IncomingHeaders } from '@sluice/contract';
import { matchesWildcard } from '@sluice/toolkit';

/** Of a caller's headers, those that are HTTP's own and speak of the content. Credentials, cookies and proxies' are not. */
const REQUEST: readonly string[] = [
  'accept',
  'accept-language',
  'content-language',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
];
/** Of an answer's headers, the same. No cookies, and nothing that steers a browser or names another server. */
const ANSWER: ReadonlySet<string> = new Set([
  'accept-ranges',
  'age',
  'allow',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'retry-after',
  'retry-after-ms',
  'vary',
  'x-should-retry',
]);

type Headers = Readonly<Record<string, string>>;

/** The headers of a raw request: the account's, the vendor's of the caller's, and {@link REQUEST}. */
export function toRequestHeaders(vendor: Headers, caller: IncomingHeaders, hasBody: boolean): Headers {
  const headers: Record<string, string> = { ...vendor };
  delete headers['content-type'];
  for (const name of REQUEST) {
    const value = caller[name];
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  if (!hasBody) delete headers['content-type'];
  // What is compressed cannot be metered.
  headers['accept-encoding'] = 'identity';
  return headers;
}

/** What a caller may see of an answer's headers. Bytes of any type come from elsewhere: no browser shall run them as ours. */
export function toAnswerHeaders(upstream: Headers, vendor: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in upstream) {
    if (ANSWER.has(name) || isNamed(name, vendor)) headers[name] = upstream[name] as string;
  }
  headers['cache-control'] ??= 'no-store';
  headers['content-security-policy'] = "sandbox; default-src 'none'";
  return headers;
}

function isNamed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesWildcard(pattern, name));
}

export interface Followed {
  /** What was asked. */
  readonly url: URL;
  readonly baseUrl: URL;
  readonly provider: string;
}

/**
 * Where an answer leads on: below the provider's base, the gateway's own address for it. Elsewhere nobody is sent, for
 * clients would take the gateway's key along.
 */
export function toLocation(location: string | undefined, { url, baseUrl, provider }: Followed): string | undefined {
  if (location === undefined || !URL.canParse(location, url.href)) return undefined;
  const next = new URL(location, url);
  const base = baseUrl.pathname.replace(/\/+$/, '');
  if (next.origin !== baseUrl.origin || !next.pathname.startsWith(`${base}/`)) return undefined;
  return `/passthrough/${provider}${next.pathname.slice(base.length)}${next.search}`;
}

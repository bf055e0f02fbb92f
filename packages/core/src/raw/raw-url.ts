import { gatewayError } from '@sluice/contract';

/** What a request names below `/passthrough/{provider}/`, as its bytes came. */
export interface RawTarget {
  /** Without the slash in front; may be empty. */
  readonly path: string;
  /** With its question mark; may be empty. */
  readonly search: string;
}
/** Where a raw request goes. */
export interface RawPlace {
  readonly url: URL;
  /** The part of the path below the provider's base. */
  readonly below: string;
}

const VISIBLE_ASCII = /^[\x21-\x7e]*$/;
/** Decoded this often, no name of a path changes any more; what still does was made to deceive. */
const MAX_DECODINGS = 4;
/** Names under which vendors take a key in the query. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  'key',
  'api_key',
  'api-key',
  'apikey',
  'access_token',
  'auth_token',
  'token',
  'subscription-key',
]);
const SIGNED = /^x-(?:amz|goog)-/;

/**
 * The address below `baseUrl`. Clients are set up with a base that repeats the end of the provider's own, mostly `/v1`:
 * what the base ends with and the path begins with is written once. Throws `unsafe_url` for a path that some server could
 * read as one outside the base, and `unknown_parameter` for a credential in the query.
 */
export function toRawPlace(baseUrl: URL, { path, search }: RawTarget): RawPlace {
  assertSafe(path, search);
  assertNoCredential(search);
  const base = baseUrl.pathname.replace(/\/+$/, '');
  const below = withoutOverlap(base, path);
  const pathname = `${base}/${below}`;
  const url = new URL(`${baseUrl.origin}${pathname}${search}`);
  // Whatever was overlooked above would show as an address that is not the one that was written.
  const isBelow = url.origin === baseUrl.origin && url.pathname.startsWith(`${base}/`);
  if (!isBelow || countSegments(url.pathname) !== countSegments(pathname)) throw unsafe();
  return { url, below };
}

function countSegments(path: string): number {
  return path.split('/').length;
}

function withoutOverlap(base: string, path: string): string {
  const ending = base.split('/').slice(1);
  const segments = path.split('/');
  for (let length = Math.min(ending.length, segments.length); length > 0; length -= 1) {
    const repeated = ending.slice(-length).every((segment, i) => segment === segments[i]);
    if (repeated) return segments.slice(length).join('/');
  }
  return path;
}

function assertSafe(path: string, search: string): void {
  const isPlain =
    VISIBLE_ASCII.test(path) && VISIBLE_ASCII.test(search) && !/[#?\\]/.test(path) && !search.includes('#');
  if (!isPlain) throw unsafe();
  const names = fullyDecoded(path).split('/');
  // A slash at the very end names a folder and hurts nobody.
  const last = names.length - 1;
  if (names.some((name, i) => isUnsafeName(name, i === last))) throw unsafe();
}

function isUnsafeName(name: string, isLast: boolean): boolean {
  if (name === '') return !isLast;
  // Some servers cut a name at its semicolon, some at a null byte, and take a backslash for a slash.
  return /[\\\p{Cc}]/u.test(name) || /^\.{1,2}(?:;.*)?$/.test(name.trim());
}

/** As the most eager of servers would read it. Throws `unsafe_url` for escapes that are none. */
function fullyDecoded(path: string): string {
  let text = path;
  try {
    text = decodeURIComponent(path);
  } catch (cause) {
    throw unsafe(cause);
  }
  for (let i = 1; i < MAX_DECODINGS; i += 1) {
    const decoded = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    // Full-width dots and slashes are dots and slashes to some.
    if (decoded === text) return text.normalize('NFKC');
    text = decoded;
  }
  throw unsafe();
}

function assertNoCredential(search: string): void {
  if (search === '' || search === '?') return;
  for (const name of new URLSearchParams(search).keys()) {
    const known = name.toLowerCase();
    if (!CREDENTIALS.has(known) && !SIGNED.test(known)) continue;
    throw gatewayError('unknown_parameter', {
      message: 'The gateway adds the credentials itself: send your key in a header, and none in the query.',
      details: { param: name.slice(0, 64) },
    });
  }
}

function unsafe(cause?: unknown): Error {
  return gatewayError('unsafe_url', {
    message: "This path could be read as one outside of the provider's address.",
    cause,
  });
}

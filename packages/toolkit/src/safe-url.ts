import { BlockList, isIP } from 'node:net';

/**
 * What no caller may have anybody fetch: this machine, networks that are somebody's own, and addresses that mean neither.
 * https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const SPECIAL = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  SPECIAL.addSubnet(net, bits);
/** Of IPv6, what is given out to networks that anybody may reach, but for tunnels and examples. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  SPECIAL.addSubnet(net, bits, 'ipv6');

/** Names that lead to this machine or into a network of one's own. https://www.iana.org/assignments/special-use-domain-names */
const LOCAL_NAME = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home|corp|home\.arpa)$/;
/** A name of several parts, as `new URL` writes it. */
const NAME = /^[a-z\d_-]+(?:\.[a-z\d_-]+)+$/;
/** Names with an address in them, which lead there. */
const SPELLED_ADDRESS = /(?:^|[.-])(?:\d{1,3}[.-]){3}\d{1,3}(?=[.-])/;
/** As far as the first character that ends a host; no space, control character or backslash may stand anywhere. */
const WEB_ADDRESS = /^https?:\/\/([^/?#@%\\\s\u0000-\u001f\u007f]+)(?:[/?][^\s\\\u0000-\u001f\u007f]*)?$/i;
const PORTS: ReadonlySet<string> = new Set(['', '80', '443']);
/** Buckets of the vendors, which only they can open. */
const BUCKET = /^(?:gs|s3):\/\/[\w.-]+\/[^\s\u0000-\u001f]+$/;
const BEGINNING_OF_DATA = /^data:((?:image|audio|video)\/[a-z0-9.+-]+|application\/pdf)(?:;[\w.=-]+)*;base64,/i;
/** How nothing begins that is data: what readers of URLs leave out, a scheme, or the rest of a URL with the reader's own. */
const NO_DATA = /^(?:[\s\u0000-\u001f]|[a-z][a-z0-9+.-]*:|\/\/)/i;

/** Longer than any that vendors hand out. What a string was cut to is longer still where nothing in it is escaped. */
const MAX_CHARACTERS = 2_048;

/** How the bytes of what is not the picture that it says begin, in base64. */
const KNOWN_BEGINNINGS: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['JVBERi0', 'application/pdf'],
  ['PHN2Zy', 'image/svg+xml'],
  ['PD94bWw', 'image/svg+xml'],
  ['PCFET0NUWVBF', 'text/html'],
  ['PGh0bWw', 'text/html'],
];

/** Whether an address is one that anybody on the internet can reach. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !SPECIAL.check(address, 'ipv4');
  return version === 6 && GLOBAL.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6');
}

/**
 * Whether a URL of a caller may go on to whoever fetches it: a public host, by its name or its address, over HTTP at its
 * usual ports, or a bucket of a vendor. Every reader must read it the same way, so nothing stands in it that some of them
 * take out, decode or jump over, and it has at most 2,048 characters. Names are not looked up here.
 */
export function isSafeUrl(text: string): boolean {
  if (text.length > MAX_CHARACTERS) return false;
  if (BUCKET.test(text)) return true;
  if (!WEB_ADDRESS.test(text) || !URL.canParse(text)) return false;
  const { hostname, port, hash } = new URL(text);
  return PORTS.has(port) && hash === '' && isPublicHost(hostname);
}

/** The same for a picture, which may also stand in the URL itself, where its bytes are not those of something else. */
export function isSafeImageUrl(text: string): boolean {
  const [beginning, declared] = BEGINNING_OF_DATA.exec(text) ?? [];
  if (beginning === undefined || declared === undefined) return isSafeUrl(text);
  const found = KNOWN_BEGINNINGS.find(([bytes]) => text.startsWith(bytes, beginning.length))?.[1];
  return found === undefined || found === declared.toLowerCase().replace('/jpg', '/jpeg');
}

/** For fields that hold data or say where it is: what names no scheme is data. */
export function isSafeSource(text: string): boolean {
  if (!NO_DATA.test(text.slice(0, 64))) return true;
  return /^data:[\w.+/-]+(?:;[\w.=-]+)*;base64,/i.test(text) || isSafeUrl(text);
}

function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  if (host.startsWith('[')) return isPublicAddress(host.slice(1, -1));
  if (isIP(host) !== 0) return isPublicAddress(host);
  return NAME.test(host) && !LOCAL_NAME.test(host) && !SPELLED_ADDRESS.test(host);
}

/** What a schema says of a URL that is not safe; {@link isUnsafeUrl} knows it again. */
export const UNSAFE_URL = {
  error: 'it is no URL that anything may be fetched from',
  params: { code: 'unsafe_url' },
} as const;

/** Whether a schema's issue is about a URL that is not safe. */
export function isUnsafeUrl(issue: { readonly code?: string | undefined; readonly params?: unknown }): boolean {
  return issue.code === 'custom' && (issue.params as { code?: unknown } | undefined)?.code === UNSAFE_URL.params.code;
}

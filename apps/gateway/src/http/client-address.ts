import { isIP } from 'node:net';
import type { BlockList } from 'node:net';
import { toBlockList } from '@sluice/auth';
import type { IncomingHeaders, Peer } from '@sluice/contract';

/** Where a caller is, by its connection and what the proxies before the gateway say. */
export type FindClient = (peer: Peer, headers: IncomingHeaders) => Peer;

/**
 * What proxies say counts only on a connection from one of the `trusted` addresses and networks, and is read from the
 * right: each of them wrote down whom it heard from, and the first that is not trusted is the client. Whatever stands
 * further left the client may have written itself. Where that cannot be read, the last address that is known is uncertain: it
 * is counted for, and never the client's.
 */
export function createClientFinder(trusted: readonly string[]): FindClient {
  if (trusted.length === 0) return (peer) => peer;
  const list = toBlockList(trusted);
  return (peer, headers) => {
    const nearest = toAddress(peer.remoteAddress ?? '');
    if (nearest === undefined || !isIn(list, nearest)) return peer;
    return farthest(nearest, headers, list);
  };
}

/** The same by the list of the moment. */
export function createLiveClientFinder(trusted: () => readonly string[]): FindClient {
  let known: readonly string[] | undefined;
  let find: FindClient = (peer) => peer;
  return (peer, headers) => {
    const now = trusted();
    if (now !== known) {
      known = now;
      find = createClientFinder(now);
    }
    return find(peer, headers);
  };
}

/**
 * A proxy that writes one of the headers may pass on the other as the client wrote it: they must agree. Where they do not, nobody
 * can tell which of the two the client made up.
 */
function farthest(nearest: string, headers: IncomingHeaders, list: BlockList): Peer {
  const listed = textOf(headers['x-forwarded-for']);
  const forwarded = textOf(headers['forwarded']);
  const found = [
    ...(listed === undefined ? [] : [walk(nearest, listed.split(',').toReversed(), list)]),
    ...(forwarded === undefined ? [] : [walk(nearest, hopsOf(forwarded), list)]),
  ];
  const [first = { remoteAddress: nearest }, second = first] = found;
  const doAgree = first.remoteAddress === second.remoteAddress && first.isUncertain === second.isUncertain;
  return doAgree ? first : { remoteAddress: nearest, isUncertain: true };
}

/** Along what proxies wrote, from the last of them. */
function walk(nearest: string, hops: Iterable<string>, list: BlockList): Peer {
  let known = nearest;
  for (const hop of hops) {
    const address = toAddress(hop.trim());
    if (address === undefined) return { remoteAddress: known, isUncertain: true };
    known = address;
    if (!isIn(list, address)) break;
  }
  return { remoteAddress: known };
}

/**
 * One `name=value` that ends where it is asked, with the separator before it. Read backwards, so that what a proxy appended means
 * the same whatever stands left of it, an open quote above all. https://www.rfc-editor.org/rfc/rfc7239#section-4
 */
const PAIR_BEFORE = /(?<=((^|[,;])[ \t]*([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~-]+)|"((?:[^"\\]|\\.)*)")[ \t]*))/y;

/** Whom the elements are `for`, from the right. One that names nobody, or is malformed, is no address; behind that one it ends. */
function* hopsOf(forwarded: string): Generator<string> {
  let end = forwarded.length;
  let named: string | undefined;
  while (end > 0) {
    PAIR_BEFORE.lastIndex = end;
    const [, pair = '', separator, name = '', token, quoted = ''] = PAIR_BEFORE.exec(forwarded) ?? [];
    const isFor = name.toLowerCase() === 'for';
    if (pair === '' || (isFor && named !== undefined)) break;
    if (isFor) named = token ?? quoted;
    end -= pair.length;
    if (separator === ';') continue;
    yield named ?? '';
    named = undefined;
    if (separator === '') return;
  }
  yield '';
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header.join(',') : header;
}

const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/;
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** An address as it stands alone, in brackets or with a port; nothing for what is none. */
function toAddress(text: string): string | undefined {
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? [];
  const address = (bracketed ?? dotted ?? text).replace(MAPPED, '');
  return isIP(address) === 0 || address.includes('%') ? undefined : address;
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

import { isIP } from 'node:net';
import type { BlockList } from 'node:net';
import { toBlockList } from '@sluice/auth';
import type { IncomingHeaders, Peer } from '@sluice/contract';

/** Where a caller is, by its connection and what the proxies before the gateway say. */
export type FindClient = (peer: Peer, headers: IncomingHeaders) => Peer;

/**
 * What proxies say counts only on a connection from one of the `trusted` addresses and networks, and is read from the
 * right: each of them wrote down whom it heard from, and the first that is not trusted is the client. Whatever stands
 * further left the client may have written itself. Where nothing can be read, the last one that is known counts.
 */
export function createClientFinder(trusted: readonly string[]): FindClient {
  if (trusted.length === 0) return (peer) => peer;
  const list = toBlockList(trusted);
  return (peer, headers) => {
    const nearest = toAddress(peer.remoteAddress ?? '');
    if (nearest === undefined || !isIn(list, nearest)) return peer;
    return { remoteAddress: farthest(nearest, headers, list) };
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

/** A proxy that writes one of the headers may pass on the other as the client wrote it: they must agree. */
function farthest(nearest: string, headers: IncomingHeaders, list: BlockList): string {
  const listed = textOf(headers['x-forwarded-for']);
  const forwarded = textOf(headers['forwarded']);
  const found = [
    ...(listed === undefined ? [] : [walk(nearest, listed.split(','), list)]),
    ...(forwarded === undefined ? [] : [walk(nearest, hopsOf(forwarded), list)]),
  ];
  const [first = nearest] = found;
  return found.every((address) => address === first) ? first : nearest;
}

function walk(nearest: string, hops: readonly string[], list: BlockList): string {
  let known = nearest;
  for (const hop of hops.toReversed()) {
    const address = toAddress(hop.trim());
    if (address === undefined) return known;
    known = address;
    if (!isIn(list, address)) return known;
  }
  return known;
}

/** https://www.rfc-editor.org/rfc/rfc7239#section-4; an element without `for` names nobody. */
function hopsOf(forwarded: string): readonly string[] {
  return splitOutside(forwarded, ',').map((element) => {
    const pairs = splitOutside(element, ';').map((pair) => pair.trim());
    const value = pairs.find((pair) => /^for=/i.test(pair))?.slice('for='.length) ?? '';
    return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  });
}

/** Parts of a text, without looking within quotes. */
function splitOutside(text: string, separator: string): readonly string[] {
  const parts = [''];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
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

import { BlockList } from 'node:net';
import type { LookupFunction } from 'node:net';
import { gatewayError } from '@sluice/contract';

type LookupCallback = Parameters<LookupFunction>[2];
type Addresses = Parameters<LookupCallback>[1];

/** This machine itself, and what only it can reach: cloud providers keep credentials there. */
const HERE = new BlockList();
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
] as const)
  HERE.addSubnet(net, bits);
for (const [net, bits] of [
  ['::', 96],
  ['fe80::', 10],
] as const)
  HERE.addSubnet(net, bits, 'ipv6');

/** Looks names up, and remembers which of them were elsewhere. */
export interface NameGuard {
  readonly lookup: LookupFunction;
  /** The name may be anywhere again. */
  forget(name: string): void;
}

/**
 * A name that led elsewhere never leads to this machine later: whoever controls it would reach what trusts the gateway
 * because it is local. A name that leads here from the start is the operator's wish.
 */
export function createNameGuard(lookup: LookupFunction): NameGuard {
  const elsewhere = new Set<string>();
  return {
    lookup: (name, options, callback) =>
      lookup(name, options, (error, addresses, family) => {
        if (error) return callback(error, addresses, family);
        const all = toList(addresses);
        if (all.length === 0) return callback(unknownName(name), addresses, family);
        const here = all.some(isHere);
        if (here && elsewhere.has(name)) return callback(moved(), addresses, family);
        if (!here) elsewhere.add(name);
        callback(null, addresses, family);
      }),
    forget: (name) => void elsewhere.delete(name),
  };
}

function toList(addresses: Addresses): readonly string[] {
  if (typeof addresses !== 'string') return addresses.map(({ address }) => address);
  return addresses === '' ? [] : [addresses];
}

function isHere(address: string): boolean {
  return HERE.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}

function unknownName(name: string): Error {
  return Object.assign(new Error(`No address for ${name}`), { code: 'ENOTFOUND' });
}

function moved(): Error {
  return gatewayError('upstream_connection_error', {
    message: "The provider's name leads to this machine, which it did not before.",
    cause: gatewayError('unsafe_url'),
  });
}

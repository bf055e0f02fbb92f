import { BlockList } from 'node:net';

/** Where reverse proxies stand, each with the callers of all. https://www.iana.org/assignments/iana-ipv4-special-registry */
const NEAR = new BlockList();
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
] as const)
  NEAR.addSubnet(net, bits);
for (const [net, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  NEAR.addSubnet(net, bits, 'ipv6');

/** Far more than the clients behind one address open, and too few to take all that a process may have. */
const MOST_OF_A_PUBLIC_ONE = 1_000;
const MAPPED = /^::ffff:(?=\d+\.)/i;
const GROUPS_OF_A_NETWORK = 4;

export interface ConnectionCap {
  /** Counts a connection from there in; false where it is one too many, and is not counted. */
  enter(address: string): boolean;
  leave(address: string): void;
}

/** Bounds the connections of each address, IPv6 by its network of 64 bits. Without `most`, of public addresses alone. */
export function createConnectionCap(most: number | undefined): ConnectionCap {
  const counts = new Map<string, number>();
  return {
    enter(address) {
      const source = sourceOf(address);
      const count = counts.get(source) ?? 0;
      if (count >= (most ?? (isNear(source) ? Number.POSITIVE_INFINITY : MOST_OF_A_PUBLIC_ONE))) return false;
      counts.set(source, count + 1);
      return true;
    },
    leave(address) {
      const source = sourceOf(address);
      const count = counts.get(source) ?? 0;
      if (count > 1) counts.set(source, count - 1);
      else counts.delete(source);
    },
  };
}

function isNear(source: string): boolean {
  return NEAR.check(source, source.includes(':') ? 'ipv6' : 'ipv4');
}

/** One subscriber has a whole network of IPv6 addresses. */
function sourceOf(address: string): string {
  const plain = address.replace(MAPPED, '');
  if (!plain.includes(':') || plain === '::1') return plain;
  const [head = '', tail = ''] = plain.split('%')[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = plain.includes('::') ? Array<string>(8 - before.length - after.length).fill('0') : [];
  return `${[...before, ...zeros, ...after].slice(0, GROUPS_OF_A_NETWORK).join(':')}::`;
}

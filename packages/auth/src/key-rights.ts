import { BlockList, isIP } from 'node:net';
import { gatewayError } from '@sluice/contract';
import type { ErrorCode, KeyRecord } from '@sluice/contract';
import { matchesWildcard } from '@sluice/toolkit';
import { mayGrant } from './permissions.js';
import type { Actor } from './permissions.js';
import { forbidden } from './refuse.js';

type Rights = Pick<KeyRecord, 'role' | 'models' | 'routes' | 'tools' | 'ips'>;

/** Throws a 403 for a key that could do more than whoever makes it, or lays hands on it. */
export function assertRights(rights: Rights, by: Rights & Actor): void {
  if (!mayGrant(by, rights.role)) throw forbidden(`The role "${rights.role}" is above your own.`, 'role');
  assertList(rights.models, by.models, { param: 'models', code: 'model_not_allowed', covers: matchesWildcard });
  assertList(rights.routes, by.routes, { param: 'routes', code: 'route_not_allowed', covers: matchesWildcard });
  assertList(rights.tools, by.tools, { param: 'tools', code: 'route_not_allowed', covers: matchesWildcard });
  assertList(rights.ips, by.ips, { param: 'ips', code: 'ip_not_allowed', covers: holds });
}

interface ListRule {
  readonly param: string;
  readonly code: ErrorCode;
  /** Whether whatever `given` stands for is something that `own` stands for. */
  covers(own: string, given: string): boolean;
}

function assertList(
  given: readonly string[] | undefined,
  own: readonly string[] | undefined,
  { param, code, covers: isCovered }: ListRule,
): void {
  if (own === undefined || given?.every((one) => own.some((mine) => isCovered(mine, one)))) return;
  throw gatewayError(code, { message: `The key may not have more ${param} than your own.`, details: { param } });
}

function holds(own: string, given: string): boolean {
  return own === given || (isIP(given) > 0 && toBlockList([own]).check(given, isIP(given) === 6 ? 'ipv6' : 'ipv4'));
}

/** Addresses and networks in a form that is quick to ask. */
export function toBlockList(ips: readonly string[]): BlockList {
  const list = new BlockList();
  for (const ip of ips) {
    const [address = '', bits] = ip.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Whether it is an address, or a network as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32));
}

import { expect, it } from 'vitest';
import { createConnectionCap } from './connection-cap.js';

/** How many of so many connections from there are taken. */
function taken(addresses: readonly string[], most?: number): number {
  const cap = createConnectionCap(most);
  return addresses.filter((address) => cap.enter(address)).length;
}
const times = (count: number, address: string): readonly string[] => Array.from({ length: count }, () => address);

it('an address gets as many connections as are allowed, and another one when one has gone', () => {
  const cap = createConnectionCap(2);
  const entered = [cap.enter('127.0.0.1'), cap.enter('127.0.0.1'), cap.enter('127.0.0.1')];
  cap.leave('127.0.0.1');
  expect([...entered, cap.enter('127.0.0.1'), cap.enter('127.0.0.1'), cap.enter('127.0.0.2')]).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
});

it.each(['203.0.113.7', '::ffff:203.0.113.7', '2001:db8::1'])('%s has a thousand where nothing is set', (address) => {
  expect(taken(times(1_100, address))).toBe(1_000);
});

it.each(['127.0.0.1', '::1', '::ffff:10.1.2.3', '192.168.0.9', '172.31.0.1', 'fd00::7', 'fe80::1%eth0'])(
  '%s, where a proxy may stand, has as many as it likes where nothing is set',
  (address) => {
    expect(taken(times(1_100, address))).toBe(1_100);
  },
);

it('the addresses of one IPv6 network count as one', () => {
  expect(taken(['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:db8:0:1:0:0:0:3', '2001:db8:0:2::1'], 1)).toBe(2);
});

it('one address counts as one, written as either', () => {
  expect(taken(['192.0.2.1', '::ffff:192.0.2.1'], 1)).toBe(1);
});

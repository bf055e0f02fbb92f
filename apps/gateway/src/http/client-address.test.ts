import type { IncomingHeaders } from '@sluice/contract';
import { cpuMs } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { createClientFinder, createLiveClientFinder } from './client-address.js';

const TRUSTED = ['10.0.0.0/8', '192.0.2.7', '2001:db8:1::/48'];

const from = (remoteAddress: string, headers: IncomingHeaders, trusted: readonly string[] = TRUSTED) =>
  createClientFinder(trusted)({ remoteAddress }, headers).remoteAddress;
const list = (value: string | readonly string[]) => ({ 'x-forwarded-for': value });

/** What a caller may write, who wants to be taken for another, and what the proxy of 198.51.100.1 makes of it. */
const APPENDED = 'for=198.51.100.1';

describe('the address of a caller', () => {
  it.each<readonly [string, string, IncomingHeaders, string]>([
    ['no proxy at all', '203.0.113.9', {}, '203.0.113.9'],
    ['a stranger who names another', '203.0.113.9', list('198.51.100.1'), '203.0.113.9'],
    ['a stranger who names another one, the new way', '203.0.113.9', { forwarded: 'for=198.51.100.1' }, '203.0.113.9'],
    ['a proxy that says nothing', '10.0.0.1', {}, '10.0.0.1'],
    ['a proxy', '10.0.0.1', list('203.0.113.9'), '203.0.113.9'],
    ['two proxies', '10.0.0.1', list('203.0.113.9, 192.0.2.7'), '203.0.113.9'],
    [
      'what the client wrote before them',
      '10.0.0.1',
      list('127.0.0.1, 10.9.9.9, 203.0.113.9, 192.0.2.7'),
      '203.0.113.9',
    ],
    ['several headers', '10.0.0.1', list(['127.0.0.1', '203.0.113.9']), '203.0.113.9'],
    ['proxies alone', '10.0.0.1', list('10.0.0.3, 10.0.0.2'), '10.0.0.3'],
    ['a port', '10.0.0.1', list('203.0.113.9:4711'), '203.0.113.9'],
    ['IPv6', '2001:db8:1::1', list('2001:db8:2::9'), '2001:db8:2::9'],
    ['IPv6 with a port', '10.0.0.1', list('[2001:db8:2::9]:4711'), '2001:db8:2::9'],
    ['IPv4 within IPv6', '::ffff:10.0.0.1', list('::ffff:203.0.113.9'), '203.0.113.9'],
    ['what is no address', '10.0.0.1', list('203.0.113.9, unknown'), '10.0.0.1'],
    ['what is no address, before a proxy', '10.0.0.1', list('<script>, 192.0.2.7'), '192.0.2.7'],
    ['nothing between commas', '10.0.0.1', list('203.0.113.9,,'), '10.0.0.1'],
    ['Forwarded', '10.0.0.1', { forwarded: 'for=203.0.113.9;proto=https;by=10.0.0.1' }, '203.0.113.9'],
    ['Forwarded, quoted', '10.0.0.1', { forwarded: 'proto=https; For="[2001:db8:2::9]:4711"' }, '2001:db8:2::9'],
    ['Forwarded by two', '10.0.0.1', { forwarded: 'for=127.0.0.1, for=203.0.113.9, for=192.0.2.7' }, '203.0.113.9'],
    [
      'Forwarded, a comma within quotes',
      '10.0.0.1',
      { forwarded: 'for=203.0.113.9;host="a, for=127.0.0.1"' },
      '203.0.113.9',
    ],
    ['Forwarded, an open quote', '10.0.0.1', { forwarded: `for=192.168.1.1;x=", ${APPENDED}` }, '198.51.100.1'],
    [
      'Forwarded, an open quote before quotes',
      '10.0.0.1',
      { forwarded: 'for=192.168.1.1;x=", for="[2001:db8:2::9]"' },
      '2001:db8:2::9',
    ],
    ['Forwarded, an escaped quote', '10.0.0.1', { forwarded: `for=192.168.1.1;x="\\", ${APPENDED}` }, '198.51.100.1'],
    [
      'Forwarded, an escape before quotes',
      '10.0.0.1',
      { forwarded: 'for=192.168.1.1;x="\\, for="[2001:db8:2::9]";host="a\\"b"' },
      '2001:db8:2::9',
    ],
    ['Forwarded, nonsense before it', '10.0.0.1', { forwarded: `for=192.168.1.1;;=, ${APPENDED}` }, '198.51.100.1'],
    ['Forwarded, hidden', '10.0.0.1', { forwarded: 'for=_secret' }, '10.0.0.1'],
    ['both that agree', '10.0.0.1', { ...list('203.0.113.9'), forwarded: 'for=203.0.113.9' }, '203.0.113.9'],
    ['both that do not', '10.0.0.1', { ...list('203.0.113.9'), forwarded: 'for=127.0.0.1' }, '10.0.0.1'],
    ['other headers', '10.0.0.1', { 'x-real-ip': '127.0.0.1', 'true-client-ip': '127.0.0.1' }, '10.0.0.1'],
  ])('by %s', (...[, peer, headers, expected]) => {
    expect(from(peer, headers)).toBe(expected);
  });

  it.each<readonly [string, IncomingHeaders, string]>([
    ['a header that says nothing', list(''), '10.0.0.1'],
    ['what is no address', list('203.0.113.9, unknown'), '10.0.0.1'],
    ['what is no address, before a proxy', list('<script>, 192.0.2.7'), '192.0.2.7'],
    ['Forwarded, hidden', { forwarded: 'for=_secret' }, '10.0.0.1'],
    ['Forwarded for nobody', { forwarded: 'for=203.0.113.9, proto=https' }, '10.0.0.1'],
    ['Forwarded for two at once', { forwarded: 'for=203.0.113.9;for=198.51.100.1' }, '10.0.0.1'],
    ['Forwarded, malformed', { forwarded: 'for=203.0.113.9, x' }, '10.0.0.1'],
    ['Forwarded, malformed within', { forwarded: 'x y;for=203.0.113.9' }, '10.0.0.1'],
    ['Forwarded, malformed before a proxy', { forwarded: 'for=203.0.113.9;x=", for=192.0.2.7' }, '192.0.2.7'],
    ['Forwarded, unfinished', { forwarded: 'for="203.0.113.9' }, '10.0.0.1'],
    ['both that do not agree', { ...list('203.0.113.9'), forwarded: 'for=127.0.0.1' }, '10.0.0.1'],
    ['one beside what is none', { ...list('203.0.113.9'), forwarded: 'x' }, '10.0.0.1'],
  ])('is not certain with %s', (_, headers, remoteAddress) => {
    const found = createClientFinder(TRUSTED)({ remoteAddress: '10.0.0.1' }, headers);
    expect(found).toEqual({ remoteAddress, isUncertain: true });
  });

  it('is found in no more time than the header is long', () => {
    const spentMs = cpuMs(() => {
      for (const piece of ['"', ';x="', '\\"', '\\', ' ', ',', ';x=\\"', 'for=192.0.2.7, '])
        from('10.0.0.1', { forwarded: piece.repeat(65_536 / piece.length) });
    });
    expect(spentMs).toBeLessThan(1_000);
  });

  it('is that of the connection where no proxy is trusted', () => {
    expect(from('127.0.0.1', list('203.0.113.9'), [])).toBe('127.0.0.1');
  });
});

it('follows a list that changes', () => {
  let trusted = ['192.0.2.1'];
  const find = createLiveClientFinder(() => trusted);
  const ask = () => find({ remoteAddress: '10.0.0.1' }, list('203.0.113.9')).remoteAddress;
  expect(ask()).toBe('10.0.0.1');
  trusted = ['10.0.0.1'];
  expect(ask()).toBe('203.0.113.9');
});

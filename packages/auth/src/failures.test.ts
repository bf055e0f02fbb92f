import { describe, expect, it } from 'vitest';
import { authRig, bearer } from './__fixtures__/auth-rig.js';
import { ADMIN } from './index.js';

describe('A-34 refused credentials of one address', () => {
  function guessing(limit: number) {
    const rig = authRig({ failures: { limit, window: 60_000 } });
    const from = (remoteAddress: string, headers = bearer('sk-sluice-wrong')) =>
      rig.auth
        .authenticate({ headers, peer: { remoteAddress } }, new AbortController().signal)
        .then(({ keyName }) => keyName)
        .catch((error: { code: string }) => error.code);
    return { ...rig, from };
  }

  it('are told to wait beyond the limit, until the window is over', async () => {
    const { from, clock } = guessing(2);
    const answers = [await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.1')];
    expect(answers).toEqual(['invalid_api_key', 'invalid_api_key', 'rate_limit_exceeded']);
    clock.advance(60_000);
    expect(await from('192.0.2.1')).toBe('invalid_api_key');
  });

  it('do not keep a good key from working, nor another address from guessing', async () => {
    const { from, admin } = guessing(1);
    const { key } = admin.create({ name: 'good' }, ADMIN);
    await from('192.0.2.1');
    expect(await from('192.0.2.1')).toBe('rate_limit_exceeded');
    expect([await from('192.0.2.1', bearer(key)), await from('192.0.2.2')]).toEqual(['good', 'invalid_api_key']);
  });

  it('are those of one network of IPv6', async () => {
    const { from } = guessing(1);
    expect(await from('2001:db8:1:2::1')).toBe('invalid_api_key');
    expect(await from('2001:db8:1:2:3:4:5:6')).toBe('rate_limit_exceeded');
    expect(await from('2001:db8:1:3::1')).toBe('invalid_api_key');
  });

  it('do not count where none was sent', async () => {
    const { from } = guessing(1);
    const answers = [await from('192.0.2.1', {}), await from('192.0.2.1', {}), await from('192.0.2.1')];
    expect(answers).toEqual(['missing_api_key', 'missing_api_key', 'invalid_api_key']);
  });

  it('are forgotten, the oldest first, where they come from too many places', async () => {
    const { from } = guessing(1);
    for (let n = 0; n <= 10_000; n += 1) await from(`10.0.${n >> 8}.${n & 255}`);
    expect([await from('10.0.0.0'), await from('10.0.39.16')]).toEqual(['invalid_api_key', 'rate_limit_exceeded']);
  });
});

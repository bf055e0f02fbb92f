import { describe, expect, it } from 'vitest';
import { startTarget, tryCorpus } from './__fixtures__/try-corpus.js';
import { request } from './__fixtures__/corpus/bad-input.js';
import { FRAMING } from './__fixtures__/corpus/framing.js';

const target = await startTarget();

describe('a host that leads around the check of the key', () => {
  it('CVE-2026-49468: is refused before any route is looked up', async () => {
    for (const path of ['/admin/v1/keys', '/metrics', '/v1/models']) {
      using raw = target.open();
      raw.send(request('', { method: 'GET', path, headers: ['Host: localhost:4000/#@attacker', 'Authorization:-'] }));
      const { status, closed, body } = await raw.answer();
      expect([status, closed, body]).toEqual([400, true, '']);
    }
  });
});

describe('a body that waits to be asked for', () => {
  it('is asked for once the caller is known, and then read', async () => {
    using raw = target.open();
    const whole = request(target.gateway.key, { headers: ['Expect: 100-continue'] });
    const headEnd = whole.indexOf('\r\n\r\n') + 4;
    raw.send(whole.subarray(0, headEnd));
    await expect.poll(() => raw.soFar).toMatch(/^HTTP\/1\.1 100 Continue\r\n/);
    raw.send(whole.subarray(headEnd));
    expect((await raw.answer()).status).toBe(200);
  });
});

describe('a request behind another one', () => {
  it('that makes no sense has no answer that could be taken for the first one’s', async () => {
    using raw = target.open();
    raw.send(Buffer.concat([request(target.gateway.key), Buffer.from('NONSENSE\r\n\r\n')]));
    const text = await raw.rest();
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });
});

it.each(['HTTP/2.0', 'HTTP/1.32'])('leaves one line in the log for a head that was refused: %s', async (version) => {
  const lines = () => target.gateway.logLines().filter(({ status }) => status === 505);
  const before = lines().length;
  using raw = target.open();
  raw.send(request(target.gateway.key, { version }));
  await raw.rest();
  const refused = expect.objectContaining({
    route: 'none',
    key: '',
    requestId: expect.any(String) as string,
  }) as unknown;
  await expect.poll(() => lines().slice(before)).toEqual([refused]);
});

tryCorpus(FRAMING, target);

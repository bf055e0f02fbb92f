import { describe, expect, it } from 'vitest';
import { USUAL_MS, brownOut, shareOfFirst } from './__fixtures__/brown-out.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { quantile } from './__fixtures__/steadily.js';

describe('least-latency in front of a target that becomes ten times slower (F16)', () => {
  it('gives it less than a tenth of the requests, and most callers notice nothing', { timeout: 30_000 }, async () => {
    await using scene = await brownOut(30);
    const before = await scene.send(2);
    expect(shareOfFirst(before)).toBeGreaterThan(0.15);
    await scene.slowDown(USUAL_MS * 10);
    const during = await scene.send(6);
    expect(shareOfFirst(during)).toBeLessThan(0.1);
    expect(quantile([...before, ...during], 0.95)).toBeLessThan(2 * quantile(before, 0.95));
    await expectExplained(scene.gateway);
  });
});

/** Every candidate is explained by what was measured of it. */
async function expectExplained(gateway: TestGateway): Promise<void> {
  const response = await fetch(`${gateway.url}/admin/v1/explain`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ body: { model: 'fast', stream: true, messages: [{ role: 'user', content: 'hi' }] } }),
  });
  expect(response.status).toBe(200);
  const reason = expect.stringMatching(/^First token expected after \d+ ms/) as string;
  expect(await response.json()).toMatchObject({
    alias: 'fast',
    error: null,
    candidates: [
      { position: 1, reason, circuit: 'closed' },
      { position: 2, reason },
    ],
  });
}

import { describe, expect, it } from 'vitest';
import { chat, post, simulate } from './testing/client.js';

async function timed(model: string): Promise<{ readonly firstMs: number; readonly wholeMs: number }> {
  const simulator = await simulate();
  // The first request of a process is not the one to measure.
  await (await post(simulator, chat('echo', { stream: true }))).text();
  const startedMs = performance.now();
  const response = await post(simulator, chat(model, { stream: true }));
  const firstMs = performance.now() - startedMs;
  await response.text();
  return { firstMs, wholeMs: performance.now() - startedMs };
}

describe('the pace of a stream', () => {
  it('leaves the gap between tokens, not before the first', async () => {
    const { firstMs, wholeMs } = await timed('pace-100');
    // Three tokens, two gaps.
    expect([firstMs < 100, wholeMs >= 195, wholeMs < 600]).toEqual([true, true, true]);
  });

  it('waits before the first token', async () => {
    const { firstMs } = await timed('slow-300');
    expect([firstMs >= 295, firstMs < 900]).toEqual([true, true]);
  });
});

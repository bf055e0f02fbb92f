import { expect } from 'vitest';
import type { ProcessGateway } from './gateway.js';

const CHAT = { model: 'sim/echo', messages: [{ role: 'user', content: 'Hello' }] };

/** Every call of the simulator, one after another, is served; how long half of them took at most. */
export async function serveGood(gateway: ProcessGateway, calls: number): Promise<{ readonly median: number }> {
  const tookMs: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const beganMs = performance.now();
    const answer = await gateway.call('/v1/chat/completions', CHAT);
    expect(answer.status).toBe(200);
    await answer.text();
    tookMs.push(performance.now() - beganMs);
  }
  return { median: tookMs.toSorted((a, b) => a - b)[calls >> 1] ?? 0 };
}

import { describe, expect, it } from 'vitest';
import { cutEverywhere } from './__fixtures__/cut-everywhere.js';
import { WIRE_CLIENTS } from './__fixtures__/wire-clients.js';

const BOUND_MS = 5_000;

/** Here every so many bytes; `every-cut.long.test.ts` has each. */
describe.each(WIRE_CLIENTS)('a client of $name', (client) => {
  it.each([
    ['openai-compatible', 19],
    ['anthropic', 19],
  ] as const)('takes no part of a JSON for all of it (F22), at %s', async (wire, step) => {
    const { asked, wrong, slowestMs } = await cutEverywhere({ client, wire, stream: false, step });
    expect([wrong, asked > 80, slowestMs < BOUND_MS]).toEqual([[], true, true]);
  });

  it.each([
    ['openai-compatible', 71],
    ['anthropic', 71],
  ] as const)('takes no part of a stream for all of it (F28), at %s', async (wire, step) => {
    const { asked, wrong, slowestMs } = await cutEverywhere({ client, wire, stream: true, step });
    expect([wrong, asked > 80, slowestMs < BOUND_MS]).toEqual([[], true, true]);
  });
});

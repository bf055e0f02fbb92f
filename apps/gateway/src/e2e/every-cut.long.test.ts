import { describe, expect, it } from 'vitest';
import { cutEverywhere } from './__fixtures__/cut-everywhere.js';
import { WIRE_CLIENTS } from './__fixtures__/wire-clients.js';

const PATIENCE_MS = 600_000;

describe.each(WIRE_CLIENTS)('a client of $name', (client) => {
  it.each([
    ['openai-compatible', false],
    ['anthropic', false],
    ['openai-compatible', true],
    ['anthropic', true],
  ] as const)(
    'takes no part of an answer for all of it, wherever it was cut: at %s, stream %s',
    async (wire, stream) => {
      const { asked, wrong } = await cutEverywhere({ client, wire, stream, step: 1 });
      expect([wrong, asked > 1_500]).toEqual([[], true]);
    },
    PATIENCE_MS,
  );
});

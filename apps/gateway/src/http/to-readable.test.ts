import { describe, expect, it, vi } from 'vitest';
import { toReadable } from './to-readable.js';

const NEVER = new AbortController().signal;
const DONE = { done: true as const, value: undefined };

function brokenSource() {
  const giveBack = vi.fn(() => Promise.resolve(DONE));
  const next = (): Promise<never> => Promise.reject(new Error('broken'));
  return { chunks: { [Symbol.asyncIterator]: () => ({ next, return: giveBack }) }, giveBack };
}

describe('a stream that breaks', () => {
  it('fails its reader, and is given back', async () => {
    const { chunks, giveBack } = brokenSource();
    const leave = vi.fn();
    const body = new Response(toReadable(chunks, { ending: NEVER, caller: NEVER, leave }));
    await expect(body.text()).rejects.toThrow('broken');
    expect([leave.mock.calls.length, giveBack.mock.calls.length]).toEqual([1, 1]);
  });

  it('is given back also when nobody reads it and the call is to end', async () => {
    const { chunks, giveBack } = brokenSource();
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    toReadable(chunks, { ending: AbortSignal.abort(), caller: NEVER, leave });
    await left;
    expect(giveBack).toHaveBeenCalledOnce();
  });
});

import { expect, it } from 'vitest';
import { untilAborted } from './until-aborted.js';

const GONE = new Error('gone');
const forever = () => new Promise<never>(() => undefined);

it('gives what the work gives, and its failure', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(Promise.resolve(5), signal)).toBe(5);
  await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

it('waits no longer than the signal', async () => {
  const caller = new AbortController();
  const waiting = untilAborted(forever(), caller.signal);
  caller.abort(GONE);
  await expect(waiting).rejects.toBe(GONE);
});

it('does not begin to wait where the signal has aborted before', async () => {
  await expect(untilAborted(forever(), AbortSignal.abort(GONE))).rejects.toBe(GONE);
});

it('leaves no failure of the work unheard where the signal has aborted before', async () => {
  const unheard: unknown[] = [];
  const hear = (cause: unknown): number => unheard.push(cause);
  process.on('unhandledRejection', hear);
  await expect(untilAborted(Promise.reject(new Error('no')), AbortSignal.abort(GONE))).rejects.toBe(GONE);
  await new Promise(setImmediate);
  process.off('unhandledRejection', hear);
  expect(unheard).toEqual([]);
});

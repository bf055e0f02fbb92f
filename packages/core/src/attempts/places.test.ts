import { gatewayError } from '@sluice/contract';
import type { Slot, SlotRequest, Slots } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { Trials } from '../__fixtures__/attempt-trial.js';
import type { Trial, TrialResult } from '../__fixtures__/attempt-trial.js';

interface Standing {
  /** Targets that have no place left, and what a wait brings: a place, or none. */
  readonly full: Readonly<Record<string, 'place' | 'nothing' | 'left'>>;
  readonly retryAfterMs?: Readonly<Record<string, number>>;
  /** How long each wait takes. */
  readonly waitMs?: number;
}

const providerOf = (circuit: string): string => circuit.slice(0, circuit.indexOf('/'));

/** Runs a request and tells what was done to the places. */
async function runAt({ full, retryAfterMs = {}, waitMs = 0 }: Standing, trial: Partial<Trial> = {}) {
  const trials = new Trials();
  const notes: string[] = [];
  const waits: (SlotRequest & { readonly target: string })[] = [];
  const slotAt = (target: string): Slot => ({
    noteFirstToken: (ms) => void notes.push(`${target} first ${ms}`),
    noteOverload: () => void notes.push(`${target} overload`),
    release: () => void notes.push(`${target} release`),
  });
  const slots: Slots = {
    enter: (circuit) => (providerOf(circuit) in full ? undefined : slotAt(providerOf(circuit))),
    wait: (circuit, asking) => {
      const target = providerOf(circuit);
      waits.push({ target, ...asking });
      trials.clock.advance(waitMs);
      if (full[target] === 'left') return Promise.reject(gatewayError('client_closed_request'));
      return Promise.resolve(full[target] === 'place' ? slotAt(target) : undefined);
    },
    view: (circuit) => ({ inFlight: 1, limit: 1, waiting: 0, retryAfterMs: retryAfterMs[providerOf(circuit)] ?? 0 }),
  };
  const result: TrialResult = await trials.run({ outcomes: [], slots, ...trial });
  return { ...result, notes, waits };
}

describe('a target without a free place', () => {
  it('is asked once there is one', async () => {
    const { asked, waits, call } = await runAt({ full: { a: 'place' } });
    expect([asked, waits.length, call.attempts.length]).toEqual(['a', 1, 1]);
  });

  it('is passed over where none comes in time, which is no failure of it', async () => {
    const { asked, call, verdicts } = await runAt({ full: { a: 'nothing' } });
    expect([asked, call.attempts.length, verdicts]).toEqual(['b', 1, []]);
  });

  it('is not waited for where its circuit is open', async () => {
    const { asked, waits } = await runAt({ full: { a: 'place' } }, { closedOff: ['a/m'] });
    expect([asked, waits]).toEqual(['b', []]);
  });

  it('ends the request where the caller leaves the line', async () => {
    const { ended, asked } = await runAt({ full: { a: 'left' } });
    expect([ended, asked]).toEqual([expect.objectContaining({ code: 'client_closed_request' }), '']);
  });

  it('is waited for with what the request may still wait', async () => {
    const { waits } = await runAt({ full: { a: 'nothing', b: 'place' } });
    expect(waits).toMatchObject([
      { target: 'a', caller: '', priority: 'normal', waitedMs: 0, leftMs: 60_000 },
      { target: 'b', waitedMs: 0, leftMs: 60_000 },
    ]);
  });

  it('is waited for less where others were waited for before', async () => {
    const { waits } = await runAt({ full: { a: 'nothing', b: 'nothing', c: 'place' }, waitMs: 300 });
    expect(waits.map(({ waitedMs, leftMs }) => [waitedMs, leftMs])).toEqual([
      [0, 60_000],
      [300, 59_700],
      [600, 59_400],
    ]);
  });
});

describe('where every target is full', () => {
  it('the request is refused as overloaded, until the first of them may have room', async () => {
    const full = { a: 'nothing', b: 'nothing', c: 'nothing' } as const;
    const { ended, asked } = await runAt({ full, retryAfterMs: { a: 9_000, b: 4_000, c: 7_000 } });
    expect(asked).toBe('');
    expect(ended).toMatchObject({ code: 'overloaded', details: { retryAfterMs: 4_000 } });
  });

  it('a second is the least that is asked for', async () => {
    const { ended } = await runAt({ full: { a: 'nothing' } }, { targets: ['a'] });
    expect(ended).toMatchObject({ code: 'overloaded', details: { retryAfterMs: 1_000 } });
  });

  it('a failure that came before is what the caller hears of', async () => {
    const { ended } = await runAt({ full: { b: 'nothing' } }, { outcomes: ['upstream_timeout'], targets: ['a', 'b'] });
    expect(ended).toMatchObject({ code: 'upstream_timeout' });
  });
});

describe('a place', () => {
  it('is given back when its try fails, and by whoever has the answer', async () => {
    const { notes, asked } = await runAt({ full: {} }, { outcomes: ['upstream_connection_error'] });
    expect([asked, notes]).toEqual(['ab', ['a release']]);
  });

  it('hears of a target that has too much to do', async () => {
    const { notes } = await runAt({ full: {} }, { outcomes: ['overloaded', 'upstream_timeout', 'upstream_truncated'] });
    expect(notes).toEqual(['a overload', 'a release', 'b overload', 'b release', 'c release']);
  });

  it('is given back where the circuit gives no leave', async () => {
    const { notes, asked } = await runAt({ full: {} }, { closedOff: ['a/m'] });
    expect([asked, notes]).toEqual(['b', ['a release']]);
  });
});

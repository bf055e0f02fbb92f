import { describe, expect, it } from 'vitest';
import { score } from './benchmark.js';
import type { Ending, Seen } from './caller.js';
import type { AliasRun } from './run-scenario.js';

const WHOLE: Seen = {
  requestId: 'x',
  kind: 'stream',
  ending: 'whole',
  status: 200,
  target: 'b/model-b',
  model: 'model-b',
  hasUsage: true,
  startedMs: 0,
  totalMs: 1_580,
};
const FAILED: Seen = { ...WHOLE, ending: 'error', status: 503, code: 'overloaded' };

function run(seen: readonly Seen[], asksMs: readonly number[] = [0], after: Ending = 'whole'): AliasRun {
  return {
    alias: 'fast',
    struck: new Set(['a']),
    asked: seen.map((one) => ({ seen: one })),
    after: { seen: { ...WHOLE, ending: after } },
    sent: asksMs.map((atMs) => ({ provider: 'a', atMs })),
    leftOpen: 0,
    startedMs: 0,
  };
}

describe('score', () => {
  it('passes a whole answer, and calls a clean error safe', () => {
    expect(score('S04', run([WHOLE]), true)).toEqual({ id: 'S04', verdict: 'pass', notes: [] });
    expect(score('S04', run([FAILED]), true)).toMatchObject({ verdict: 'safe' });
  });

  it.for([
    ['hung', 'it hung'],
    ['cut', 'a cut answer looked whole'],
    ['garbled', 'the answer cannot be read'],
  ] as const)('fails an answer that is %s', ([ending, note]) => {
    expect(score('S08', run([{ ...WHOLE, ending }]), true)).toEqual({ id: 'S08', verdict: 'fail', notes: [note] });
  });

  it.for([
    ['S01', run([WHOLE], [0, 500, 1_000]), 'it hammered'],
    ['S02', run([WHOLE], [0, 1, 2, 3, 4]), 'it hammered'],
    ['S04', run([WHOLE], [0, 1, 2, 3, 4, 5, 6]), 'the provider was asked more than 6 times'],
    ['S06', run([{ ...WHOLE, totalMs: 101_000 }]), 'it took more than 100 s'],
    ['S08', run([{ ...WHOLE, totalMs: 41_000 }]), 'it hung'],
    ['S09', run([WHOLE], [0], 'error'), 'a healthy request failed afterwards'],
    ['S12', run([WHOLE], [0, 1]), 'the provider was asked again'],
    ['S14', run([{ ...FAILED, code: 'upstream_rejected' }]), 'the refused continuation hid the cut'],
    ['S15', run([FAILED, WHOLE]), 'a request during the outage was not answered'],
    ['S15', run([WHOLE]), 'it did not return to the provider within 30 s'],
    ['S16', run([{ ...WHOLE, model: 'model-a' }]), 'another model was told than that which answered'],
  ] as const)('fails %s where conduct is wrong', ([id, told, note]) => {
    const { verdict, notes } = score(id, told, true);
    expect([verdict, notes.includes(note)]).toEqual(['fail', true]);
  });

  it.for([
    ['S01', run([WHOLE], [0]), 'Retry-After was not waited out at the same provider'],
    ['S03', run([WHOLE], [0]), 'the provider was not asked again'],
    ['S06', run([WHOLE], [0, 1]), 'the silent provider was asked again'],
    ['S07', run([{ ...WHOLE, totalMs: 21_000 }]), 'no limit on the first token led to another target'],
    ['S11', run([{ ...WHOLE, hasUsage: false }]), 'no usage was told'],
    ['S13', run([WHOLE]), 'another target answered what one had refused'],
  ] as const)('calls %s partial where advice was not taken', ([id, told, note]) => {
    expect(score(id, told, true)).toEqual({ id, verdict: 'partial', notes: [note] });
  });

  it('asks no fail-over of who has nobody else', () => {
    expect(score('S07', run([{ ...WHOLE, totalMs: 21_000 }]), false).verdict).toBe('pass');
    expect(score('S15', run([FAILED]), false).verdict).toBe('safe');
  });

  it('takes a refusal of content for what is due', () => {
    expect(score('S13', run([FAILED]), true).verdict).toBe('pass');
  });

  it('sees the return to a provider that was down', () => {
    const back = { ...WHOLE, target: 'a/model-a', startedMs: 80_000 };
    expect(score('S15', run([WHOLE, back]), true).verdict).toBe('pass');
    expect(score('S15', run([WHOLE, { ...back, startedMs: 91_000 }]), true).verdict).toBe('fail');
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StreamState } from './stream-state.js';
import type { StreamStep } from './stream-state.js';

/** The contract once more, as three facts instead of a table: has the caller bytes, is content there, is it over. */
class Model {
  caller: 'nothing' | 'beginning' | 'error' = 'nothing';
  content = false;
  over = false;
  cut = false;

  allows(step: StreamStep): boolean {
    if (this.over) return false;
    const owesError = this.caller === 'beginning' && this.cut;
    switch (step) {
      case 'content':
        return this.caller === 'nothing' && !this.content;
      case 'release':
        return this.content && (this.caller === 'nothing' || this.waits);
      case 'report':
        return owesError && !this.waits;
      case 'cut':
        return !owesError || this.waits;
      case 'leave':
        return !owesError || this.waits;
      case 'continue':
      case 'finish':
        return this.caller === 'beginning' && !owesError;
    }
  }

  /** Cut, and another target is asked. */
  waits = false;

  take(step: StreamStep): void {
    if (step === 'content') this.content = true;
    if (step === 'release') [this.caller, this.cut, this.waits] = ['beginning', false, false];
    if (step === 'continue') [this.cut, this.waits] = [true, true];
    if (step === 'cut') [this.cut, this.waits] = [true, false];
    if (step === 'report') this.caller = 'error';
    this.over = ['finish', 'leave', 'report'].includes(step) || (step === 'cut' && this.caller === 'nothing');
  }
}

const step = fc.constantFrom<StreamStep>('content', 'release', 'cut', 'continue', 'finish', 'report', 'leave');

/** Whether the state took the step; where it did not, it stands as before. */
function taken(state: StreamState, one: StreamStep): boolean {
  const before = state.stage;
  try {
    state.step(one);
    return true;
  } catch {
    return state.stage !== before;
  }
}

it('takes the steps that the contract allows, and no other', () => {
  const property = fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    const [state, model] = [new StreamState(), new Model()];
    for (const one of steps) {
      const allowed = model.allows(one);
      if (allowed) model.take(one);
      expect({ one, taken: taken(state, one) }).toEqual({ one, taken: allowed });
      expect(['ended', 'discarded'].includes(state.stage)).toBe(model.over);
    }
  });
  expect(fc.check(property, { numRuns: 5_000 }).errorInstance).toBeNull();
});

it('never ends without an error once it was cut for good', () => {
  const property = fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    const state = new StreamState();
    const path = steps.filter((one) => taken(state, one));
    const isCut = path.includes('release') && path.lastIndexOf('cut') > path.lastIndexOf('release');
    expect(isCut && state.stage === 'ended' && path.at(-1) !== 'report').toBe(false);
  });
  expect(fc.check(property, { numRuns: 5_000 }).errorInstance).toBeNull();
});

it('names the stage and the step of a fault', () => {
  expect(() => new StreamState().step('release')).toThrow(
    'A stream that is not-committed cannot take the step "release".',
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextOf, namesOf, questionOf, stateOf, targetsOf } from '../../__fixtures__/routing.js';
import type { QuestionChange } from '../../__fixtures__/routing.js';
import type { AliasTarget } from '../../snapshot.js';
import type { RouteQuestion } from '../question.js';
import { sticky } from './sticky.js';

const order = (targets: readonly AliasTarget[], question: RouteQuestion, chance = 0): string =>
  namesOf(
    sticky.order(
      targets,
      contextOf(
        stateOf(() => chance),
        question,
      ),
    ),
  );
const session = (name: string, change: QuestionChange = {}): RouteQuestion =>
  questionOf('fast', { ...change, headers: { 'x-sluice-session': name } });
const firstOf = (targets: readonly AliasTarget[], name: string): string | undefined =>
  order(targets, session(name)).split(' ')[0];

describe('sticky', () => {
  const five = targetsOf([1, 1, 1, 1, 1]);

  it('sends a session to the same target, whatever it says and whatever chance says', () => {
    const first = order(five, session('s-1', { body: { say: 'one' } }), 0);
    expect(order(five, session('s-1', { body: { say: 'two' } }), 0.9)).toBe(first);
  });

  it('sends what begins alike to the same target where there is no session', () => {
    const ask = (say: string): string => order(five, questionOf('fast', { body: { say } }));
    expect(ask('hello')).toBe(ask('hello'));
    expect(new Set(Array.from({ length: 50 }, (_, i) => ask(`question ${i}`)[0])).size).toBe(5);
  });

  it('moves the share of a lost target alone', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat({ max: 4 }), (name, lost) => {
        const before = order(five, session(name)).split(' ');
        const after = order(
          five.filter((_, index) => index !== lost),
          session(name),
        );
        expect(after).toBe(before.filter((target) => target !== String(lost)).join(' '));
      }),
    );
  });

  it('gives each target a share of the sessions by its weight', () => {
    const targets = targetsOf([3, 1, 0]);
    const firsts = Array.from({ length: 4_000 }, (_, i) => firstOf(targets, `session-${i}`));
    const share = (name: string): number => firsts.filter((first) => first === name).length / firsts.length;
    expect(share('0')).toBeCloseTo(0.75, 1);
    expect(share('1')).toBeCloseTo(0.25, 1);
    expect(share('2')).toBe(0);
  });

  it('draws by weight where there is nothing to hold on to', () => {
    const embedding = questionOf('fast', { operation: 'embed' });
    expect(order(targetsOf([1, 1]), embedding, 0)).toBe('0 1');
    expect(order(targetsOf([1, 1]), embedding, 0.9)).toBe('1 0');
  });
});

import type { SlotsView } from '@sluice/contract';
import { seededRandom } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { contextOf, namesOf, stateOf, targetsOf } from '../../__fixtures__/routing.js';
import { STRATEGIES } from './strategies.js';

/** The context of targets `p/0`, `p/1`, ... whose places stand like this. */
function contextWith(views: readonly (Partial<SlotsView> | undefined)[], seed = 1) {
  const view = (target: string): SlotsView | undefined => {
    const known = views[Number(target.slice(2))];
    return known && { inFlight: 0, limit: 10, waiting: 0, retryAfterMs: 0, ...known };
  };
  return contextOf({ ...stateOf(seededRandom(seed)), slots: { view } });
}

describe('least-busy', () => {
  it('puts targets without a free place last, the shortest line first', () => {
    const context = contextWith([
      { inFlight: 10, waiting: 2 },
      { inFlight: 10, waiting: 1 },
      { inFlight: 9 },
      undefined,
    ]);
    expect(namesOf(STRATEGIES['least-busy'].order(targetsOf([1, 1, 1, 1]), context))).toMatch(/^(2 3|3 2) 1 0$/);
  });

  it('says how the places stand', () => {
    const [target] = targetsOf([1]);
    if (!target) throw new Error('There is no target.');
    const { reason } = STRATEGIES['least-busy'].explain(
      { target, position: 0 },
      contextWith([{ inFlight: 3, waiting: 1 }]),
    );
    expect(reason).toBe('Calls in flight: 0; places taken: 3 of 10, waiting: 1; weight 1.');
  });
});

describe('headroom', () => {
  const firsts = (views: readonly (Partial<SlotsView> | undefined)[]): readonly number[] => {
    const context = contextWith(views);
    const counts = views.map(() => 0);
    for (let call = 0; call < 2_000; call += 1) {
      const [first] = STRATEGIES.headroom.order(targetsOf(views.map(() => 1)), context);
      const at = Number(first?.candidate.target.model);
      counts[at] = (counts[at] as number) + 1 / 2_000;
    }
    return counts;
  };

  it('draws by the share of free places', () => {
    const [one, three] = firsts([{ inFlight: 8 }, { inFlight: 4 }]);
    expect(one).toBeCloseTo(0.25, 1);
    expect(three).toBeCloseTo(0.75, 1);
  });

  it('draws a full one last', () => {
    expect(firsts([{ inFlight: 10 }, { waiting: 1 }, { inFlight: 9 }])).toEqual([0, 0, expect.closeTo(1)]);
  });

  it('says what is left by the places', () => {
    const [target] = targetsOf([1]);
    if (!target) throw new Error('There is no target.');
    const { reason } = STRATEGIES.headroom.explain({ target, position: 0 }, contextWith([{ inFlight: 4 }]));
    expect(reason).toBe('Left of its limits: 60 %; places taken: 4 of 10, waiting: 0; weight 1.');
  });
});

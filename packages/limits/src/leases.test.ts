import type { CounterStore } from '@sluice/contract';
import { createMemoryCounterStore } from '@sluice/store-memory';
import { createManualClock } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { bound } from './__fixtures__/asking.js';
import { Leases } from './leases.js';

function open() {
  const clock = createManualClock();
  const renewed: string[] = [];
  const watched = (name: string): CounterStore => ({
    ...bound(createMemoryCounterStore({ clock })),
    renew: async (ids) => void renewed.push(`${name}: ${[...ids].sort().join(' ')}`),
  });
  const leases = new Leases({ clock, onError: () => undefined });
  return { clock, renewed, leases, limits: watched('limits'), budgets: watched('budgets') };
}

it('renews in every store what the requests under way hold there, and nothing of those that have ended', () => {
  const { clock, renewed, leases, limits, budgets } = open();
  leases.hold('a', [limits, budgets]);
  const ended = leases.hold('b', [limits, budgets]);
  leases.hold('c', [budgets]);
  leases.drop(ended);
  clock.advance(10_000);
  leases.hold('d', [limits]);
  clock.advance(10_000);
  expect(renewed).toEqual(['limits: a', 'budgets: a c', 'limits: a d', 'budgets: a c']);
});

it('counts a request once, in however many stores it holds something', () => {
  const { leases, limits, budgets } = open();
  const lease = leases.hold('a', [limits, budgets]);
  const before = leases.size;
  leases.drop(lease);
  expect([before, leases.size]).toEqual([1, 0]);
});

it('leaves no timer when nothing is held any more', () => {
  const { clock, leases, limits } = open();
  const held = ['a', 'b', 'c'].map((id) => leases.hold(id, [limits]));
  expect(clock.pending).toBe(1);
  for (const lease of held) leases.drop(lease);
  expect(clock.pending).toBe(0);
});

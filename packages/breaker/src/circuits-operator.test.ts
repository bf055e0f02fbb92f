import { setImmediate } from 'node:timers/promises';
import type { CircuitState } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { admitted, at, down, fail, openCircuit, probe, setUp } from './__fixtures__/scene.js';

describe('a circuit that is forced open', () => {
  it('lets nobody through, however long it lasts, and takes no verdict', async () => {
    const { circuits, clock } = setUp();
    const earlier = admitted(circuits);
    circuits.forceOpen('a');
    clock.advance(86_400_000);
    earlier.succeed();
    await setImmediate();
    expect([circuits.admit(at('a')), circuits.state('a'), circuits.retryAfterMs('a')]).toEqual([
      undefined,
      'open',
      30_000,
    ]);
  });

  it('may be one that nobody asked for, or that is open already, or half open', async () => {
    const { circuits, clock } = await openCircuit();
    circuits.forceOpen('new');
    clock.advance(500);
    const pending = admitted(circuits);
    circuits.forceOpen('a');
    circuits.forceOpen('a');
    pending.succeed();
    await setImmediate();
    expect(circuits.list()).toEqual([
      { target: 'a', of: 'target', state: 'open', failures: 5, retryAfterMs: 30_000, forced: true },
      { target: 'new', of: 'target', state: 'open', failures: 0, retryAfterMs: 30_000, forced: true },
    ]);
  });

  it('is kept while thousands of other targets come and go', () => {
    const { circuits } = setUp();
    circuits.forceOpen('a');
    for (let i = 0; i < 25_000; i += 1) circuits.admit(at(`made-up/${i}`));
    expect(circuits.state('a')).toBe('open');
  });

  it('is closed by one reset, however often it was forced', () => {
    const { circuits } = setUp();
    circuits.forceOpen('a');
    circuits.forceOpen('a');
    circuits.reset('a');
    expect(circuits.list()).toEqual([
      { target: 'a', of: 'target', state: 'closed', failures: 0, retryAfterMs: 0, forced: false },
    ]);
  });
});

describe('a reset', () => {
  it.each(['closed', 'open', 'half-open', 'forced'] as const)('starts a %s circuit anew', async (before) => {
    const { circuits, clock } = setUp();
    await fail(circuits, before === 'closed' ? 4 : 5);
    if (before === 'half-open') clock.advance(500);
    const late = before === 'forced' ? undefined : circuits.admit(at('a'));
    if (before === 'forced') circuits.forceOpen('a');
    circuits.reset('a');
    late?.fail(down);
    await setImmediate();
    expect(circuits.list()).toMatchObject([{ state: 'closed', failures: 0, retryAfterMs: 0, forced: false }]);
    await fail(circuits, 4);
    expect(circuits.state('a')).toBe('closed');
    await fail(circuits, 1);
    expect([circuits.state('a'), circuits.retryAfterMs('a')]).toEqual(['open', 500]);
  });

  it('lets a circuit open, be probed and close as any other', async () => {
    const parts = await openCircuit();
    parts.circuits.reset('a');
    await fail(parts.circuits, 5);
    await probe(parts, down);
    expect(parts.circuits.state('a')).toBe('open');
    await probe(parts);
    expect(parts.circuits.state('a')).toBe('closed');
  });

  it('makes no circuit where there is none', () => {
    const { circuits } = setUp();
    circuits.reset('a');
    expect(circuits.list()).toEqual([]);
  });

  it('reports what an operator changes, and nothing where nothing changes', async () => {
    const changes: CircuitState[] = [];
    const { circuits, clock } = await openCircuit({ onChange: (_target, state) => changes.push(state) });
    circuits.forceOpen('a');
    circuits.reset('a');
    circuits.reset('a');
    circuits.forceOpen('a');
    circuits.reset('a');
    await fail(circuits, 5);
    clock.advance(500);
    admitted(circuits);
    circuits.reset('a');
    expect(changes).toEqual(['open', 'closed', 'open', 'closed', 'open', 'half-open', 'closed']);
  });
});

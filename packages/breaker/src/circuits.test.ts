import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import type { CircuitState, Permit } from '@sluice/contract';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { admitted, at, down, fail, openCircuit, probe, setUp } from './__fixtures__/scene.js';

const WALL_MS = 1_700_000_000_000;

describe('a probe whose stream begins', () => {
  async function begun() {
    const parts = await openCircuit();
    parts.clock.advance(parts.circuits.retryAfterMs('a'));
    const permit = admitted(parts.circuits);
    permit.begin();
    await setImmediate();
    return { ...parts, permit };
  }

  it('closes the circuit, which counts a cut of it as any other', async () => {
    const { circuits, permit } = await begun();
    expect(circuits.state('a')).toBe('closed');
    permit.fail(down);
    await setImmediate();
    expect(circuits.list()).toMatchObject([{ state: 'closed', failures: 1 }]);
    await fail(circuits, 4);
    expect(circuits.state('a')).toBe('open');
  });

  it('says nothing by its end of a circuit that has opened again since', async () => {
    const { circuits, permit } = await begun();
    await fail(circuits, 5);
    permit.fail(down);
    permit.succeed();
    await setImmediate();
    expect(circuits.list()).toMatchObject([{ state: 'open', failures: 5 }]);
  });
});

describe('a closed circuit', () => {
  it('opens at the fifth failure in a row', async () => {
    const { circuits } = setUp();
    await fail(circuits, 4);
    expect(circuits.state('a')).toBe('closed');
    await fail(circuits, 1);
    expect(circuits.state('a')).toBe('open');
  });

  it('starts to count anew after a success', async () => {
    const { circuits } = setUp();
    await fail(circuits, 4);
    admitted(circuits).succeed();
    await fail(circuits, 4);
    expect(circuits.state('a')).toBe('closed');
  });

  it('keeps its count when a request ends without a verdict', async () => {
    const { circuits } = setUp();
    await fail(circuits, 4);
    admitted(circuits).forget();
    await fail(circuits, 1);
    expect(circuits.state('a')).toBe('open');
  });

  it.each([
    'upstream_connection_error',
    'upstream_timeout',
    'upstream_truncated',
    'upstream_invalid_response',
  ] as const)('counts %s as a failure', async (code) => {
    const { circuits } = setUp();
    await fail(circuits, 5, code);
    expect(circuits.state('a')).toBe('open');
  });

  it.each(['upstream_model_not_found', 'upstream_rejected', 'internal_error'] as const)(
    'does not count %s as a failure',
    async (code) => {
      const { circuits } = setUp();
      await fail(circuits, 20, code);
      expect(circuits.state('a')).toBe('closed');
    },
  );

  it('does not count that the gateway itself has no sockets left, but that the provider is overloaded', async () => {
    const { circuits } = setUp();
    const cause = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE', syscall: 'connect' });
    for (let i = 0; i < 5; i += 1) admitted(circuits).fail(gatewayError('overloaded', { cause }));
    await setImmediate();
    expect(circuits.state('a')).toBe('closed');
    await fail(circuits, 5, 'overloaded');
    expect(circuits.state('a')).toBe('open');
  });

  it('takes one verdict from each permit', async () => {
    const { circuits } = setUp();
    const permit = admitted(circuits);
    for (let i = 0; i < 5; i += 1) permit.fail(down);
    await setImmediate();
    expect(circuits.state('a')).toBe('closed');
  });

  it('admits while the circuit of another target is open', async () => {
    const { circuits } = await openCircuit();
    expect(circuits.admit(at('b'))).toBeDefined();
  });

  it('ignores verdicts on requests that it admitted before it last opened', async () => {
    const parts = setUp();
    const old = Array.from({ length: 10 }, () => admitted(parts.circuits));
    for (const permit of old.slice(0, 5)) permit.fail(down);
    await setImmediate();
    await probe(parts);
    for (const permit of old.slice(5)) permit.fail(down);
    await setImmediate();
    expect(parts.circuits.state('a')).toBe('closed');
  });
});

describe('an open circuit', () => {
  it('refuses everybody until its rest is over', async () => {
    const { circuits, clock } = await openCircuit();
    clock.advance(499);
    expect(circuits.admit(at('a'))).toBeUndefined();
  });

  it('says how long its rest still takes', async () => {
    const { circuits, clock } = await openCircuit();
    clock.advance(200);
    expect(circuits.retryAfterMs('a')).toBe(300);
  });

  it('lets a probe through when its rest is over', async () => {
    const { circuits, clock } = await openCircuit();
    clock.advance(500);
    expect(circuits.admit(at('a'))).toBeDefined();
  });

  it.each([-3_600_000, 3_600_000])('rests as long when the wall clock steps by %i ms', async (stepMs) => {
    vi.useFakeTimers({ toFake: ['Date'], now: WALL_MS });
    onTestFinished(() => void vi.useRealTimers());
    const { circuits, clock } = await openCircuit();
    vi.setSystemTime(WALL_MS + stepMs);
    clock.stepWallClock(stepMs);
    clock.advance(499);
    expect(circuits.admit(at('a'))).toBeUndefined();
    clock.advance(1);
    expect(circuits.admit(at('a'))).toBeDefined();
  });

  it('rests the same time again when a probe fails, so that a return is seen at once', async () => {
    const parts = await openCircuit();
    for (let i = 0; i < 20; i += 1) await probe(parts, down);
    expect(parts.circuits.retryAfterMs('a')).toBe(500);
  });
});

describe('a half-open circuit', () => {
  it('gives one of 500 simultaneous callers a permit and refuses the others at once', async () => {
    const { circuits, clock } = await openCircuit();
    clock.advance(500);
    const permits = Array.from({ length: 500 }, () => circuits.admit(at('a')));
    expect(permits.filter((permit) => permit !== undefined)).toHaveLength(1);
  });

  it('closes when its probe succeeds', async () => {
    const parts = await openCircuit();
    await probe(parts);
    expect(parts.circuits.state('a')).toBe('closed');
  });

  it('opens when its probe fails', async () => {
    const parts = await openCircuit();
    await probe(parts, down);
    expect(parts.circuits.state('a')).toBe('open');
  });

  it.each([
    ['is forgotten', (permit: Permit) => permit.forget()],
    [
      'meets an error that is not the fault of the target',
      (permit: Permit) => permit.fail(gatewayError('upstream_rejected')),
    ],
  ])('lets the next caller probe when its probe %s', async (_, settle) => {
    const { circuits, clock } = await openCircuit();
    clock.advance(500);
    settle(admitted(circuits));
    expect(circuits.state('a')).toBe('half-open');
    admitted(circuits).succeed();
    await setImmediate();
    expect(circuits.state('a')).toBe('closed');
  });

  it('lets the next caller probe when a probe has no verdict in time', async () => {
    const { circuits, clock } = await openCircuit({ probeTimeoutMs: 2_000 });
    clock.advance(500);
    admitted(circuits);
    clock.advance(1_999);
    expect(circuits.admit(at('a'))).toBeUndefined();
    clock.advance(1);
    expect(circuits.admit(at('a'))).toBeDefined();
  });

  it('ignores the verdict of a probe that lapsed', async () => {
    const { circuits, clock } = await openCircuit({ probeTimeoutMs: 2_000 });
    clock.advance(500);
    const lapsed = admitted(circuits);
    clock.advance(2_000);
    admitted(circuits);
    lapsed.fail(down);
    await setImmediate();
    expect(circuits.state('a')).toBe('half-open');
  });

  it('asks for no wait', async () => {
    const { circuits, clock } = await openCircuit();
    clock.advance(500);
    admitted(circuits);
    expect(circuits.retryAfterMs('a')).toBe(0);
  });
});

describe('a flapping target', () => {
  async function flap(parts: Awaited<ReturnType<typeof openCircuit>>, upMs: number): Promise<number> {
    await probe(parts);
    parts.clock.advance(upMs);
    await fail(parts.circuits, 5);
    return parts.circuits.retryAfterMs('a');
  }

  it('rests twice as long each time, up to 30 s', async () => {
    const parts = await openCircuit();
    const rests: number[] = [];
    for (let i = 0; i < 8; i += 1) rests.push(await flap(parts, 300));
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('F5 changes its state at most 20 times in 30 s, whenever in the 300 ms of its being away it is asked', async () => {
    for (let phaseMs = 0; phaseMs < 600; phaseMs += 30) {
      let changes = 0;
      const { circuits, clock } = setUp({ onChange: () => void (changes += 1) });
      for (let ms = 0; ms < 30_000; ms += 10) {
        const permit = circuits.admit(at('a'));
        if ((ms + phaseMs) % 600 < 300) permit?.fail(down);
        else permit?.succeed();
        // cockatiel settles a probe a moment later.
        if (permit) await setImmediate();
        clock.advance(10);
      }
      expect([phaseMs, changes]).toEqual([phaseMs, expect.toSatisfy((count: number) => count <= 20)]);
    }
  });

  it('rests longer after a failed probe too', async () => {
    const parts = await openCircuit();
    await flap(parts, 300);
    await probe(parts, down);
    expect(parts.circuits.retryAfterMs('a')).toBe(2_000);
  });

  it('is forgiven once it has held for a while', async () => {
    const parts = await openCircuit();
    await flap(parts, 300);
    expect(await flap(parts, 500)).toBe(500);
  });
});

describe('createCircuits', () => {
  it('calls a target closed that it never heard of', () => {
    const { circuits } = setUp();
    expect(circuits.state('unknown')).toBe('closed');
    expect(circuits.retryAfterMs('unknown')).toBe(0);
  });

  it('reports every change of state with its target', async () => {
    const changes: [string, CircuitState][] = [];
    const parts = await openCircuit({ onChange: (target, state) => changes.push([target, state]) });
    await probe(parts);
    expect(changes).toEqual([
      ['a', 'open'],
      ['a', 'half-open'],
      ['a', 'closed'],
    ]);
  });

  it('keeps open circuits while thousands of other targets come and go', async () => {
    const { circuits } = await openCircuit();
    for (let i = 0; i < 25_000; i += 1) circuits.admit(at(`made-up/${i}`));
    expect(circuits.state('a')).toBe('open');
  });
});

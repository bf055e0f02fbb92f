import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import type { Circuits, CircuitState, ErrorCode, Permit } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { breakerSettings, createCircuits } from './index.js';
import type { CircuitsDeps } from './index.js';

const WALL_MS = 1_700_000_000_000;
const down = gatewayError('upstream_connection_error');

function setUp(options: Omit<CircuitsDeps, 'clock'> = {}) {
  const clock = createManualClock();
  const circuits = createCircuits(breakerSettings.parse({}), { clock, ...options });
  return { clock, circuits };
}

function admitted(circuits: Circuits, target = 'a'): Permit {
  const permit = circuits.admit(target);
  if (permit === undefined) throw new Error(`no permit for ${target}`);
  return permit;
}

async function fail(circuits: Circuits, times: number, code: ErrorCode = 'upstream_connection_error'): Promise<void> {
  for (let i = 0; i < times; i += 1) admitted(circuits).fail(gatewayError(code));
  await setImmediate();
}

async function openCircuit(options?: Omit<CircuitsDeps, 'clock'>) {
  const parts = setUp(options);
  await fail(parts.circuits, 5);
  return parts;
}

/** Lets the rest of an open circuit pass and settles the probe. */
async function probe({ clock, circuits }: Awaited<ReturnType<typeof openCircuit>>, error?: typeof down) {
  clock.advance(circuits.retryAfterMs('a'));
  const permit = admitted(circuits);
  if (error) permit.fail(error);
  else permit.succeed();
  await setImmediate();
}

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

  it.each(['upstream_rate_limited', 'upstream_auth_error', 'upstream_rejected', 'internal_error'] as const)(
    'does not count %s as a failure',
    async (code) => {
      const { circuits } = setUp();
      await fail(circuits, 20, code);
      expect(circuits.state('a')).toBe('closed');
    },
  );

  it('takes one verdict from each permit', async () => {
    const { circuits } = setUp();
    const permit = admitted(circuits);
    for (let i = 0; i < 5; i += 1) permit.fail(down);
    await setImmediate();
    expect(circuits.state('a')).toBe('closed');
  });

  it('admits while the circuit of another target is open', async () => {
    const { circuits } = await openCircuit();
    expect(circuits.admit('b')).toBeDefined();
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
    expect(circuits.admit('a')).toBeUndefined();
  });

  it('says how long its rest still takes', async () => {
    const { circuits, clock } = await openCircuit();
    clock.advance(200);
    expect(circuits.retryAfterMs('a')).toBe(300);
  });

  it('lets a probe through when its rest is over', async () => {
    const { circuits, clock } = await openCircuit();
    clock.advance(500);
    expect(circuits.admit('a')).toBeDefined();
  });

  it.each([-3_600_000, 3_600_000])('rests as long when the wall clock steps by %i ms', async (stepMs) => {
    vi.useFakeTimers({ toFake: ['Date'], now: WALL_MS });
    onTestFinished(() => void vi.useRealTimers());
    const { circuits, clock } = await openCircuit();
    vi.setSystemTime(WALL_MS + stepMs);
    clock.stepWallClock(stepMs);
    clock.advance(499);
    expect(circuits.admit('a')).toBeUndefined();
    clock.advance(1);
    expect(circuits.admit('a')).toBeDefined();
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
    const permits = Array.from({ length: 500 }, () => circuits.admit('a'));
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
    expect(circuits.admit('a')).toBeUndefined();
    clock.advance(1);
    expect(circuits.admit('a')).toBeDefined();
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

describe('a circuit that is forced open', () => {
  it('lets nobody through, however long it lasts, and takes no verdict', async () => {
    const { circuits, clock } = setUp();
    const earlier = admitted(circuits);
    circuits.forceOpen('a');
    clock.advance(86_400_000);
    earlier.succeed();
    await setImmediate();
    expect([circuits.admit('a'), circuits.state('a'), circuits.retryAfterMs('a')]).toEqual([undefined, 'open', 30_000]);
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
      { target: 'a', state: 'open', failures: 5, retryAfterMs: 30_000, forced: true },
      { target: 'new', state: 'open', failures: 0, retryAfterMs: 30_000, forced: true },
    ]);
  });

  it('is kept while thousands of other targets come and go', () => {
    const { circuits } = setUp();
    circuits.forceOpen('a');
    for (let i = 0; i < 25_000; i += 1) circuits.admit(`made-up/${i}`);
    expect(circuits.state('a')).toBe('open');
  });

  it('is closed by one reset, however often it was forced', () => {
    const { circuits } = setUp();
    circuits.forceOpen('a');
    circuits.forceOpen('a');
    circuits.reset('a');
    expect(circuits.list()).toEqual([{ target: 'a', state: 'closed', failures: 0, retryAfterMs: 0, forced: false }]);
  });
});

describe('a reset', () => {
  it.each(['closed', 'open', 'half-open', 'forced'] as const)('starts a %s circuit anew', async (before) => {
    const { circuits, clock } = setUp();
    await fail(circuits, before === 'closed' ? 4 : 5);
    if (before === 'half-open') clock.advance(500);
    const late = before === 'forced' ? undefined : circuits.admit('a');
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

  it('keeps open circuits while thousands of other targets come and go', async () => {
    const { circuits } = await openCircuit();
    for (let i = 0; i < 25_000; i += 1) circuits.admit(`made-up/${i}`);
    expect(circuits.state('a')).toBe('open');
  });
});

describe('breakerSettings', () => {
  it('defaults to five failures and half a second', () => {
    expect(breakerSettings.parse({})).toEqual({ consecutiveFailures: 5, halfOpenAfterMs: 500 });
  });

  it.each([{ consecutiveFailures: 0 }, { halfOpenAfterMs: 1.5 }, { unknown: 1 }])('refuses %o', (settings) => {
    expect(breakerSettings.safeParse(settings).success).toBe(false);
  });
});

import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import type { Permit } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { at } from './__fixtures__/scene.js';
import { createCircuits } from './index.js';

const FAILURES = 3;
const PROBE_TIMEOUT_MS = 20_000;
const LONGEST_REST_MS = 30_000;
const TARGET = 'a';
const down = gatewayError('upstream_timeout');

interface Held {
  readonly permit: Permit;
  readonly period: number;
  readonly isProbe: boolean;
  readonly admittedAtMs: number;
}

/** What a caller can know: its own permits and verdicts, and the changes of state it was told of. */
interface Model {
  readonly held: Held[];
  latest?: Held;
  failuresInRow: number;
}

function createReal() {
  const clock = createManualClock();
  const real = {
    clock,
    period: 0,
    circuits: createCircuits(
      { consecutiveFailures: FAILURES, halfOpenAfterMs: 500 },
      { clock, probeTimeoutMs: PROBE_TIMEOUT_MS, onChange: () => (real.period += 1) },
    ),
  };
  return real;
}
type Real = ReturnType<typeof createReal>;
type Command = fc.AsyncCommand<Model, Real>;

function probeUnderWay({ held }: Model, { clock, period }: Real): boolean {
  const youngestMs = clock.monotonic() - PROBE_TIMEOUT_MS;
  return held.some((each) => each.isProbe && each.period === period && each.admittedAtMs > youngestMs);
}

/** A permit says something about the present period only, and a probe only until another has taken its place. */
function counts(each: Held, model: Model, { period }: Real): boolean {
  return each.period === period && (!each.isProbe || each === model.latest);
}

const admit: Command = {
  check: () => true,
  toString: () => 'admit',
  run: async (model, real) => {
    const { circuits, clock } = real;
    const wasClosed = circuits.state(TARGET) === 'closed';
    const mayProbe = circuits.retryAfterMs(TARGET) === 0 && !probeUnderWay(model, real);
    const permit = circuits.admit(at(TARGET));
    expect(permit !== undefined).toBe(wasClosed || mayProbe);
    if (permit === undefined) return;
    model.latest = { permit, isProbe: !wasClosed, period: real.period, admittedAtMs: clock.monotonic() };
    model.held.push(model.latest);
  },
};

const advance = (ms: number): Command => ({
  check: () => true,
  toString: () => `advance(${ms})`,
  run: async (_model, { clock }) => clock.advance(ms),
});

type Verdict = 'succeed' | 'fail' | 'forget';

function give(permit: Permit, verdict: Verdict): void {
  if (verdict === 'fail') permit.fail(down);
  else permit[verdict]();
}

const settle = (verdict: Verdict, pick: number): Command => ({
  check: ({ held }) => held.length > 0,
  toString: () => `${verdict}(${pick})`,
  run: async (model, real) => {
    const index = pick % model.held.length;
    const [each] = model.held.splice(index, 1);
    if (each === undefined) return;
    const before = real.circuits.state(TARGET);
    const said = counts(each, model, real);
    if (said && verdict === 'fail') model.failuresInRow += 1;
    if (said && verdict === 'succeed') model.failuresInRow = 0;
    give(each.permit, verdict);
    await setImmediate();
    const after = real.circuits.state(TARGET);
    if (before === 'closed') expect(after).toBe(model.failuresInRow >= FAILURES ? 'open' : 'closed');
    if (before === 'half-open' && said)
      expect(after).toBe({ succeed: 'closed', fail: 'open', forget: before }[verdict]);
    if (!said) expect(after).toBe(before);
    if (after !== before) model.failuresInRow = 0;
  },
});

const commands = fc.commands(
  [
    fc.constant(admit),
    fc.constantFrom(1, 100, 499, 500, 5_000, PROBE_TIMEOUT_MS).map(advance),
    fc
      .tuple(fc.constantFrom<Verdict>('succeed', 'fail', 'fail', 'fail', 'forget'), fc.nat(20))
      .map(([verdict, pick]) => settle(verdict, pick)),
  ],
  { maxCommands: 80, size: 'max' },
);

async function expectRecovery({ circuits, clock }: Real): Promise<void> {
  clock.advance(LONGEST_REST_MS + PROBE_TIMEOUT_MS);
  const permit = circuits.admit(at(TARGET));
  expect(permit).toBeDefined();
  permit?.succeed();
  await setImmediate();
  expect(circuits.state(TARGET)).toBe('closed');
}

it('opens only after enough failures in a row, probes one at a time and recovers after any history', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (history) => {
      const real = createReal();
      await fc.asyncModelRun(() => ({ model: { held: [], failuresInRow: 0 }, real }), history);
      await expectRecovery(real);
    }),
    { numRuns: 1_000 },
  );
});

import { setImmediate } from 'node:timers/promises';
import { breakerSettings, createCircuits } from '@sluice/breaker';
import type { ControlledCircuits } from '@sluice/breaker';
import { gatewayError } from '@sluice/contract';
import type { CircuitNames } from '@sluice/contract';
import { createAttemptMemory, TargetStatsTable } from '@sluice/core';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import type { HealthState } from './health-state.js';
import type { Prober } from './prober.js';
import { reportHealth } from './provider-health.js';

/** How the circuit of the target `a/m1` fares. */
const TARGET_CASES = ['fine', 'failing', 'half-open', 'open', 'forced'] as const;
/** How a key fares besides: at that target, or at every model. */
const KEY_CASES = [
  'fine',
  'resting here',
  'refused here',
  'probed here',
  'forced here',
  'refused everywhere',
  'probed everywhere',
  'forced everywhere',
] as const;
type TargetCase = (typeof TARGET_CASES)[number];
type KeyCase = (typeof KEY_CASES)[number];

interface Case {
  readonly target: TargetCase;
  readonly keys: readonly [KeyCase, KeyCase];
  /** Whether another model of the provider was asked, and answered. */
  readonly hasOther: boolean;
}

const cases: readonly Case[] = [true, false].flatMap((hasOther) =>
  TARGET_CASES.flatMap((target) =>
    KEY_CASES.flatMap((first) => KEY_CASES.map((second) => ({ target, keys: [first, second] as const, hasOther }))),
  ),
);

/** 0 up, 1 degraded, 2 down: what each case is worth by itself, worked out by hand. */
const OF_TARGET: Readonly<Record<TargetCase, number>> = { fine: 0, failing: 1, 'half-open': 1, open: 2, forced: 2 };
const OF_KEY_HERE: Readonly<Record<KeyCase, number>> = {
  fine: 0,
  'resting here': 2,
  'refused here': 2,
  'probed here': 1,
  'forced here': 2,
  'refused everywhere': 2,
  'probed everywhere': 1,
  'forced everywhere': 2,
};
const WORDS: readonly HealthState[] = ['up', 'degraded', 'down'];
const isEverywhere = (key: KeyCase): boolean => key.endsWith('everywhere');

/** What a key should be told as: the worse of its target and itself, eased where another model still works with it. */
function expectedKey({ target, hasOther }: Case, key: KeyCase): number {
  const here = Math.max(OF_TARGET[target], OF_KEY_HERE[key]);
  if (!hasOther || here < 2) return here;
  const isOutEverywhere = isEverywhere(key) && OF_KEY_HERE[key] === 2;
  return isOutEverywhere ? 2 : 1;
}

/** Two keys are together what they are if they are the same, and else degraded. */
function expectedProvider([first, second]: readonly [number, number]): number {
  return first === second ? first : 1;
}

const at = (target: string, key: number): CircuitNames => ({
  target,
  key: `a#${key}`,
  keyAtTarget: `${target}#${key}`,
});
const refusal = (upstreamStatus: number) => gatewayError('upstream_auth_error', { details: { upstreamStatus } });

interface Scene {
  readonly circuits: ControlledCircuits;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly rests: ReturnType<typeof createAttemptMemory>['rests'];
  readonly stats: TargetStatsTable;
  readonly probers: ReadonlyMap<string, Pick<Prober, 'find'>>;
}

function createScene(): Scene {
  const clock = createManualClock();
  const circuits = createCircuits(breakerSettings.parse({}), { clock });
  return {
    clock,
    circuits,
    rests: createAttemptMemory(clock).rests,
    stats: new TargetStatsTable(),
    probers: new Map<string, Prober>(),
  };
}

function note({ stats, clock }: Scene, target: string, verdict: 'ok' | 'failed'): void {
  stats.of(target).begin('plain', clock.monotonic());
  stats.of(target).end(verdict, clock.monotonic());
}

/** Keys first, for they can only be refused while the target's circuit is closed; what is to be probed has rested. */
async function play(scene: Scene, { target, keys, hasOther }: Case): Promise<void> {
  const { circuits, clock } = scene;
  note(scene, 'a/m1', 'ok');
  circuits.admit(at('a/m1', 0))?.succeed();
  if (hasOther) {
    note(scene, 'a/m2', 'ok');
    circuits.admit(at('a/m2', 0))?.succeed();
  }
  const probed = keys.flatMap((key, number) => (key.startsWith('probed') ? [[key, number] as const] : []));
  for (const [key, number] of probed)
    circuits.admit(at('a/m1', number))?.fail(refusal(key === 'probed here' ? 403 : 401));
  await setImmediate();
  clock.advance(60_000);
  // One probe for each; none is judged.
  for (const [, number] of probed) circuits.admit(at('a/m1', number));
  for (const [number, key] of keys.entries()) {
    if (key === 'refused here') circuits.admit(at('a/m1', number))?.fail(refusal(403));
    if (key === 'refused everywhere') circuits.admit(at('a/m1', number))?.fail(refusal(401));
  }
  await putTarget(scene, target);
  for (const [number, key] of keys.entries()) {
    if (key === 'resting here') scene.rests.begin(`a/m1#${number}`, 9_000);
    if (key === 'forced here') circuits.forceOpen(`a/m1#${number}`);
    if (key === 'forced everywhere') circuits.forceOpen(`a#${number}`);
  }
}

/** By a key that nobody has trouble with. */
async function putTarget(scene: Scene, target: TargetCase): Promise<void> {
  const { circuits, clock } = scene;
  if (target === 'failing') note(scene, 'a/m1', 'failed');
  if (target === 'forced') circuits.forceOpen('a/m1');
  if (target !== 'open' && target !== 'half-open') return;
  for (let i = 0; i < 5; i += 1) circuits.admit(at('a/m1', 9))?.fail(gatewayError('upstream_timeout'));
  await setImmediate();
  if (target === 'half-open') {
    clock.advance(500);
    circuits.admit(at('a/m1', 9));
  }
}

describe('a provider with two keys', () => {
  it('is told as it was worked out, in every combination of states of its target and its keys', async () => {
    expect(cases).toHaveLength(2 * 5 * 8 * 8);
    for (const each of cases) {
      const scene = createScene();
      await play(scene, each);
      const [provider] = reportHealth([{ name: 'a', pool: [{}, {}] }], scene).providers;
      const [first, second] = each.keys;
      const levels = [expectedKey(each, first), expectedKey(each, second)] as const;
      const told = [provider?.keys.map(({ state }) => state), provider?.state];
      expect([each, ...told]).toEqual([each, levels.map((level) => WORDS[level]), WORDS[expectedProvider(levels)]]);
    }
  });

  it('gives a reason for every key that is not up, and none for one that is', async () => {
    for (const each of cases) {
      const scene = createScene();
      await play(scene, each);
      for (const { state, reasons } of reportHealth([{ name: 'a', pool: [{}, {}] }], scene).providers[0]?.keys ?? [])
        expect([each, reasons.length > 0]).toEqual([each, state !== 'up']);
    }
  });
});

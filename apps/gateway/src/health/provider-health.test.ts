import { setImmediate } from 'node:timers/promises';
import { breakerSettings, createCircuits } from '@sluice/breaker';
import { gatewayError } from '@sluice/contract';
import type { CircuitNames } from '@sluice/contract';
import { TargetStatsTable, createAttemptMemory } from '@sluice/core';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import type { HealthState } from './health-state.js';
import type { Prober } from './prober.js';
import { reportHealth } from './provider-health.js';

/** Two models at each of three providers with two keys each, and the traces that calls would leave there. */
class Scene {
  readonly clock = createManualClock();
  readonly circuits = createCircuits(breakerSettings.parse({}), { clock: this.clock });
  readonly rests = createAttemptMemory(this.clock).rests;
  readonly stats = new TargetStatsTable();
  readonly probers = new Map<string, Pick<Prober, 'find'>>();

  call(target: string, verdict: 'ok' | 'failed' | 'none' = 'ok'): void {
    const permit = this.circuits.admit(at(target));
    const stats = this.stats.of(target);
    stats.begin('plain', this.clock.monotonic());
    stats.end(verdict === 'none' ? undefined : verdict, this.clock.monotonic());
    if (verdict === 'ok') permit?.succeed();
    else if (verdict === 'failed') permit?.fail(gatewayError('upstream_timeout'));
    else permit?.forget();
  }

  async open(target: string): Promise<void> {
    for (let i = 0; i < 5; i += 1) this.call(target, 'failed');
    await setImmediate();
  }

  /** A refusal of the provider, by which a key is left out at one model (403) or at every one (401). */
  refuse(target: string, key: number, upstreamStatus: 401 | 403): void {
    this.circuits.admit(at(target, key))?.fail(gatewayError('upstream_auth_error', { details: { upstreamStatus } }));
  }

  rest(name: string): void {
    this.rests.begin(name, 9_000);
  }

  report(names = ['a'], keys = 2) {
    const pool = Array.from({ length: keys }, () => ({}));
    return reportHealth(
      names.map((name) => ({ name, ...(keys > 1 ? { pool } : {}) })),
      this,
    );
  }

  /** The states of the keys of `a`, its own, and that of all. */
  told(keys = 2): string {
    const { state, providers } = this.report(['a'], keys);
    return [...(providers[0]?.keys ?? []), ...providers, { state }].map((each) => each.state).join(' ');
  }
}

/** The circuits of a target and of one of its provider's keys. */
function at(target: string, key = 0): CircuitNames {
  const [provider] = target.split('/');
  return { target, key: `${provider}#${key}`, keyAtTarget: `${target}#${key}` };
}

type KeyCase = 'up' | 'degraded' | 'down';
type ProviderCase = 'unused' | `${KeyCase} ${KeyCase}`;

/** By hand: what a provider is whose two keys are so. */
const PROVIDERS: Readonly<Record<ProviderCase, HealthState>> = {
  unused: 'unknown',
  'up up': 'up',
  'up degraded': 'degraded',
  'up down': 'degraded',
  'degraded up': 'degraded',
  'degraded degraded': 'degraded',
  'degraded down': 'degraded',
  'down up': 'degraded',
  'down degraded': 'degraded',
  'down down': 'down',
};

/** By hand: what three providers are together; the order of the three does not matter. */
const TOGETHER: Readonly<Record<string, HealthState>> = {
  'up up up': 'up',
  'degraded up up': 'degraded',
  'down up up': 'degraded',
  'unknown up up': 'up',
  'degraded degraded up': 'degraded',
  'degraded down up': 'degraded',
  'degraded unknown up': 'degraded',
  'down down up': 'degraded',
  'down unknown up': 'degraded',
  'unknown unknown up': 'up',
  'degraded degraded degraded': 'degraded',
  'degraded degraded down': 'degraded',
  'degraded degraded unknown': 'degraded',
  'degraded down down': 'degraded',
  'degraded down unknown': 'degraded',
  'degraded unknown unknown': 'degraded',
  'down down down': 'down',
  'down down unknown': 'degraded',
  'down unknown unknown': 'degraded',
  'unknown unknown unknown': 'unknown',
};

/** Puts a key where the case has it; its provider was used at two models, and well. */
function put(scene: Scene, provider: string, [key, state]: readonly [number, string]): void {
  if (state === 'degraded') scene.rest(`${provider}/m1#${key}`);
  if (state === 'down') scene.refuse(`${provider}/m1`, key, 401);
}

const CASES = Object.keys(PROVIDERS) as ProviderCase[];
const NAMES = ['a', 'b', 'c'] as const;
const combinations = CASES.flatMap((a) => CASES.flatMap((b) => CASES.map((c) => [a, b, c] as const)));

describe('three providers with two keys each', () => {
  it('are told as the table has it, in all 1,000 combinations', () => {
    expect(combinations).toHaveLength(1_000);
    for (const combination of combinations) {
      const scene = new Scene();
      for (const [index, each] of combination.entries()) {
        const name = NAMES[index] ?? '';
        if (each === 'unused') continue;
        for (const model of ['m1', 'm2']) scene.call(`${name}/${model}`);
        for (const keyed of each.split(' ').entries()) put(scene, name, keyed);
      }
      const { state, providers } = scene.report([...NAMES]);
      const keys = providers.map((provider) => provider.keys.map((key) => key.state).join(' '));
      const states = combination.map((each) => PROVIDERS[each]);
      expect(keys).toEqual(combination.map((each) => (each === 'unused' ? 'unknown unknown' : each)));
      expect(providers.map((provider) => provider.state)).toEqual(states);
      expect([combination, state]).toEqual([combination, TOGETHER[states.toSorted().join(' ')]]);
    }
  });
});

describe('a provider', () => {
  it('is unknown where callers only made up models of it', () => {
    const scene = new Scene();
    scene.call('a/made-up', 'none');
    expect(scene.told()).toBe('unknown unknown unknown unknown');
  });

  it('is down while the circuits of all its models are open, whatever models callers make up', async () => {
    const scene = new Scene();
    scene.call('a/made-up', 'none');
    await scene.open('a/m1');
    expect(scene.told()).toBe('down down down down');
    scene.clock.advance(500);
    scene.circuits.admit(at('a/m1'));
    expect(scene.told()).toBe('degraded degraded degraded degraded');
  });

  it('is degraded while one of its models is left out, and by no model of another provider', async () => {
    const scene = new Scene();
    scene.call('a/m1');
    await scene.open('ab/m1');
    expect(scene.told()).toBe('up up up up');
    await scene.open('a/m2');
    expect(scene.told()).toBe('degraded degraded degraded degraded');
  });

  it('is down where an operator holds all of it open, and up after the reset once it was used', () => {
    const scene = new Scene();
    scene.call('a/m1');
    scene.circuits.forceOpen('a/m1');
    expect([scene.told(), scene.report().providers[0]?.keys[0]?.reasons]).toEqual([
      'down down down down',
      [{ cause: 'forced_open', target: 'a/m1' }],
    ]);
    scene.circuits.reset('a/m1');
    expect(scene.told()).toBe('up up up up');
  });

  it('is degraded while half of its recent calls fail, for five minutes at most', () => {
    const scene = new Scene();
    scene.call('a/m1', 'failed');
    expect(scene.report().providers[0]?.keys).toEqual(
      [0, 1].map((key) => ({
        key,
        state: 'degraded',
        reasons: [{ cause: 'failures', target: 'a/m1', failureShare: 1 }],
      })),
    );
    scene.clock.advance(300_001);
    expect(scene.told()).toBe('up up up up');
  });

  it('with one key rests under the name of its target, of its model only', () => {
    const scene = new Scene();
    scene.call('a/m1');
    scene.call('a/m2');
    scene.rest('a/m1');
    expect([scene.told(1), scene.report(['a'], 1).providers[0]?.keys[0]?.reasons]).toEqual([
      'degraded degraded degraded',
      [{ cause: 'resting', target: 'a/m1', retryAfterMs: 9_000 }],
    ]);
    scene.clock.advance(9_000);
    expect(scene.told(1)).toBe('up up up');
  });

  it('whose one key was refused is down until the key is found to work', async () => {
    const scene = new Scene();
    scene.call('a/m1');
    scene.refuse('a/m1', 0, 401);
    expect([scene.told(1), scene.report(['a'], 1).providers[0]?.keys[0]?.reasons]).toEqual([
      'down down down',
      [{ cause: 'key_open', retryAfterMs: 60_000 }],
    ]);
    scene.clock.advance(60_000);
    const probe = scene.circuits.admit(at('a/m1'));
    expect([scene.told(1), scene.report(['a'], 1).providers[0]?.keys[0]?.reasons]).toEqual([
      'degraded degraded degraded',
      [{ cause: 'key_half_open' }],
    ]);
    probe?.succeed();
    await setImmediate();
    expect(scene.told(1)).toBe('up up up');
  });

  it('knows nothing of the targets of one whose name begins like its own', async () => {
    const scene = new Scene();
    scene.call('a/m1');
    // A request of which no model is seen counts for the provider as a whole.
    await scene.open('ab');
    expect(scene.told()).toBe('up up up up');
  });

  it('of which only one key was refused is degraded: the other may do', () => {
    const scene = new Scene();
    scene.call('a/m1', 'none');
    scene.refuse('a/m1', 0, 401);
    expect(scene.told()).toBe('down unknown degraded degraded');
  });
});

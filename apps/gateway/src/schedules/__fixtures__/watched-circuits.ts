import { breakerSettings, createCircuits } from '@sluice/breaker';
import type { CircuitView, ControlledCircuits } from '@sluice/breaker';
import type { CircuitNames, Clock, GatewayError, Permit } from '@sluice/contract';
import { expect } from 'vitest';

/** Failures in a row after which nobody but a probe is let through: twice those that open a circuit. */
const HOPELESS = 10;
const PROBE_MS = 60_000;

/**
 * The real circuits, of which every permit is held against what callers can know of them: nobody comes through an open
 * one but its one probe, or who has nobody else to ask while the target is not hopeless; and a closed one keeps nobody out.
 */
export class WatchedCircuits {
  readonly #clock: Clock;
  readonly inner: ControlledCircuits;
  /** When the probe that is under way began, by the name of its circuit. */
  readonly #probes = new Map<string, number>();
  /** Permits that nobody has given back. */
  held = 0;
  given = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.inner = createCircuits(breakerSettings.parse({}), {
      clock,
      probeTimeoutMs: PROBE_MS,
      onChange: (name) => void this.#probes.delete(name),
    });
  }

  /** The port, for a pipeline. */
  asPort(): ControlledCircuits {
    return { ...this.inner, admit: (names, isLast = false) => this.#admit(names, isLast) };
  }

  #admit(names: CircuitNames, isLast: boolean): Permit | undefined {
    const before = this.#look(names);
    const lastMs = this.inner.retryAfterMs(names.target, isLast);
    const permit = this.inner.admit(names, isLast);
    if (!permit) {
      // A closed circuit keeps nobody out.
      expect(before.filter(({ state }) => state !== 'closed')).not.toEqual([]);
      return undefined;
    }
    const probed = before.filter(({ state }) => state !== 'closed').filter((view) => this.#isProbe(view, { isLast, lastMs }));
    for (const { target } of probed) this.#probes.set(target, this.#clock.monotonic());
    return this.#watch(permit, probed);
  }

  /** Whether who came through is the probe; fails where it may be neither that nor let through in spite. */
  #isProbe(view: CircuitView, { isLast, lastMs }: { readonly isLast: boolean; readonly lastMs: number }): boolean {
    const restMs = view.of === 'target' ? lastMs : view.retryAfterMs;
    const isDue = (view.state === 'half-open' || restMs === 0) && !this.#isProbed(view.target);
    const isTolerated = isLast && (view.of === 'key' || view.failures < HOPELESS);
    expect([view, view.forced, isDue || isTolerated]).toEqual([view, false, true]);
    return isDue;
  }

  #isProbed(name: string): boolean {
    const beganMs = this.#probes.get(name);
    return beganMs !== undefined && this.#clock.monotonic() - beganMs < PROBE_MS;
  }

  #look({ target, key, keyAtTarget }: CircuitNames): readonly CircuitView[] {
    const names = new Set([target, key, keyAtTarget]);
    return this.inner.list().filter((view) => names.has(view.target));
  }

  #watch(permit: Permit, probed: readonly CircuitView[]): Permit {
    this.held += 1;
    this.given += 1;
    let isHeld = true;
    const back = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.held -= 1;
      for (const { target } of probed) this.#probes.delete(target);
    };
    return {
      isProbe: permit.isProbe,
      begin: () => {
        for (const { target } of probed) this.#probes.delete(target);
        permit.begin();
      },
      succeed() {
        back();
        permit.succeed();
      },
      fail(error: GatewayError) {
        back();
        permit.fail(error);
      },
      forget() {
        back();
        permit.forget();
      },
    };
  }
}

import { GradientLimit } from './gradient-limit.js';
import type { Bounds, Sample } from './gradient-limit.js';

/** Callers can name as many models as they like. */
const MOST_TARGETS = 1_000;

interface Target {
  readonly limit: GradientLimit;
  inFlight: number;
}

/** The targets of one provider, each with its calls in flight and a limit of its own. */
export class TargetLimits {
  readonly #targets = new Map<string, Target>();

  inFlight(target: string): number {
    return this.#targets.get(target)?.inFlight ?? 0;
  }

  limit(target: string, bounds: Bounds): number {
    return this.#targets.get(target)?.limit.current(bounds) ?? bounds.max;
  }

  /** Every target that was asked, but for those that were forgotten. */
  names(): Iterable<string> {
    return this.#targets.keys();
  }

  entered(target: string): void {
    this.#of(target).inFlight += 1;
  }

  left(target: string): void {
    const found = this.#targets.get(target);
    if (found) found.inFlight -= 1;
  }

  observe(target: string, sample: Omit<Sample, 'inFlight'>, bounds: Bounds): void {
    const { limit, inFlight } = this.#of(target);
    limit.observe({ ...sample, inFlight }, bounds);
  }

  refused(target: string, nowMs: number, bounds: Bounds): void {
    const { limit, inFlight } = this.#of(target);
    limit.refused(inFlight, nowMs, bounds);
  }

  #of(target: string): Target {
    let found = this.#targets.get(target);
    if (!found) {
      if (this.#targets.size >= MOST_TARGETS) this.#forgetIdle();
      this.#targets.set(target, (found = { limit: new GradientLimit(), inFlight: 0 }));
    }
    return found;
  }

  /** One without calls: its limit begins anew when it is asked again. */
  #forgetIdle(): void {
    for (const [name, { inFlight }] of this.#targets) {
      if (inFlight > 0) continue;
      this.#targets.delete(name);
      return;
    }
  }
}

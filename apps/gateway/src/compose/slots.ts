import type { Clock, Slots, SlotsView } from '@sluice/contract';
import { Gate, toGateRules } from '@sluice/overload';
import type { GateRules } from '@sluice/overload';
import type { Config } from '../config/schema.js';
import { systemClock } from '../system-clock.js';
import type { Holding } from './holding.js';
import { providerKey } from './providers.js';

/** A provider whose calls are bounded, under the rules of one configuration. */
export interface BoundedProvider {
  readonly name: string;
  readonly gate: Gate;
  readonly rules: GateRules;
}

/** The places of one configuration. */
export interface ConfiguredSlots extends Slots {
  readonly bounded: readonly BoundedProvider[];
}

/**
 * The gates of the providers that have one; nothing where none has. What is in flight, who waits and what was learned of a
 * provider outlives a reload that leaves it as it was, also one that changes how many calls it may have.
 */
export function takeSlots(
  { providers }: Pick<Config, 'providers'>,
  holding: Holding,
  clock: Clock = systemClock,
): ConfiguredSlots | undefined {
  const bounded = new Map<string, BoundedProvider>();
  for (const [name, settings] of Object.entries(providers)) {
    const rules = toGateRules(settings);
    if (!rules) continue;
    const gate = holding.take(`gate of ${providerKey(name, settings)}`, () => ({ value: new Gate(clock) }));
    bounded.set(name, { name, gate, rules });
  }
  return bounded.size === 0 ? undefined : slotsOf(bounded);
}

const UNBOUNDED = Object.freeze({ noteFirstToken() {}, noteOverload() {}, release() {} });

function slotsOf(bounded: ReadonlyMap<string, BoundedProvider>): ConfiguredSlots {
  const of = (target: string): BoundedProvider | undefined => {
    const slash = target.indexOf('/');
    return bounded.get(slash < 0 ? target : target.slice(0, slash));
  };
  return {
    bounded: [...bounded.values()],
    enter(target, caller) {
      const found = of(target);
      return found ? found.gate.enter({ target, caller, rules: found.rules }) : UNBOUNDED;
    },
    wait(target, asking, signal) {
      const found = of(target);
      if (!found) return Promise.resolve(UNBOUNDED);
      return found.gate.wait({ target, caller: asking.caller, rules: found.rules }, asking, signal);
    },
    view(target): SlotsView | undefined {
      const found = of(target);
      return found?.gate.view({ target, rules: found.rules });
    },
  };
}

import type { FailureClass, Target } from '@sluice/contract';
import { KeyRing } from '../attempts/key-ring.js';
import type { Turn } from '../attempts/key-ring.js';
import type { ConfiguredProvider, RoutePolicy, Timeouts } from '../snapshot.js';

/** One place to try. */
export interface Candidate {
  readonly target: Target;
  readonly provider: ConfiguredProvider;
  /** Name of its circuit and of its statistics: `provider/model`. */
  readonly circuit: string;
  /** The keys that it can be asked with. */
  readonly keys: KeyRing;
  readonly timeouts: Timeouts;
  /** Asked only after a failure of one of these classes; absent where `fallbackOn` decides. */
  readonly only?: ReadonlySet<FailureClass>;
}

/** A model at a provider, with the provider's own timeouts unless others are given. Without a model, the provider as a whole. */
export function createCandidate(provider: ConfiguredProvider, model: string, timeouts?: Timeouts): Candidate {
  const facts = provider.catalogue?.find(model);
  const circuit = model === '' ? provider.name : `${provider.name}/${model}`;
  return {
    target: { provider: provider.name, model, baseUrl: provider.provider.baseUrl, ...(facts ? { facts } : {}) },
    provider,
    circuit,
    keys: keyRing(provider, circuit),
    timeouts: timeouts ?? provider.timeouts,
  };
}

const turns = new WeakMap<ConfiguredProvider, Turn>();

function keyRing(provider: ConfiguredProvider, circuit: string): KeyRing {
  let turn = turns.get(provider);
  if (!turn) turns.set(provider, (turn = { next: 0 }));
  return new KeyRing({ name: provider.name, circuit, providers: provider.pool ?? [provider.provider], turn });
}

/** Where a request may go, in order, and under which rules. */
export interface Plan {
  /** Set when the caller asked for an alias. */
  readonly alias?: string;
  readonly candidates: readonly Candidate[];
  readonly policy: RoutePolicy;
  /** What a candidate was left out for that would have failed of it: counts as a failure of that class. */
  readonly passedOver?: FailureClass;
  /** What of an alias the request is led to by what it says; answers of one are none of another. */
  readonly variant?: string;
}

/** Lists one after the other. A target that has failed is not asked again because it stands in a second one. */
export function joined(lists: readonly (readonly Candidate[])[]): readonly Candidate[] {
  const seen = new Set<string>();
  const all: Candidate[] = [];
  for (const list of lists) {
    for (const candidate of list) {
      if (seen.has(candidate.circuit)) continue;
      seen.add(candidate.circuit);
      all.push(candidate);
    }
  }
  return all;
}

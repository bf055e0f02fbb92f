import type { Target } from '@sluice/contract';
import type { ConfiguredProvider, RoutePolicy, Timeouts } from '../snapshot.js';

/** One place to try. */
export interface Candidate {
  readonly target: Target;
  readonly provider: ConfiguredProvider;
  /** Name of its circuit: `provider/model`. */
  readonly circuit: string;
  readonly timeouts: Timeouts;
}

/** A model at a provider, with the provider's own timeouts unless others are given. */
export function createCandidate(provider: ConfiguredProvider, model: string, timeouts?: Timeouts): Candidate {
  const facts = provider.catalogue?.find(model);
  return {
    target: { provider: provider.name, model, baseUrl: provider.provider.baseUrl, ...(facts ? { facts } : {}) },
    provider,
    circuit: `${provider.name}/${model}`,
    timeouts: timeouts ?? provider.timeouts,
  };
}

/** Where a request may go, in order, and under which rules. */
export interface Plan {
  /** Set when the caller asked for an alias. */
  readonly alias?: string;
  readonly candidates: readonly Candidate[];
  readonly policy: RoutePolicy;
}

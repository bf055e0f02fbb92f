import type { ProviderDeps } from '@sluice/contract';
import { createManualClock } from './manual-clock.js';

/** What an adapter is created with in a test: a clock that stands, the same secret for all, and nobody to call. */
export function createProviderDeps(given: Partial<ProviderDeps> = {}): ProviderDeps {
  return {
    clock: createManualClock(),
    secret: () => Promise.resolve('test-secret'),
    send: () => Promise.reject(new Error('This test lets an adapter call nobody.')),
    ...given,
  };
}

import type { GatewayError } from './errors.js';

/** How a request ended. Every scarce thing it held is given back with this, exactly once. */
export type Outcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly error: GatewayError }
  /** The caller left. Not a failure of anybody else. */
  | { readonly kind: 'client-gone' };

/** Releases one thing. Runs once; a throw is reported and does not keep the others from running. */
export type Settler = (outcome: Outcome) => void;

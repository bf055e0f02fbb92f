import type { GatewayError } from '@sluice/contract';
import { invalid } from './invalid.js';

/** The failure of content that only targets of this dialect take. Dropping it would change what is asked. */
export function untranslatable(path: readonly PropertyKey[], what: string): GatewayError {
  return invalid('invalid_value', path, `${what} cannot be sent to this model's provider`);
}

import { LOCAL_ORIGINS } from './settings.js';
import type { CorsPolicySettings } from './settings.js';

/** Whose pages may call. */
export interface CorsPolicy {
  readonly credentials: boolean;
  /** Whether exactly this value of `Origin` is allowed. */
  allows(origin: string): boolean;
}

/** A whole value: neither a beginning nor an end may be made up. Browsers leave out the port 80. */
const LOCAL = /^http:\/\/localhost(?::\d{1,5})?$/;

export function createCorsPolicy({ origins, credentials }: CorsPolicySettings): CorsPolicy {
  const exact = new Set(origins);
  const local = exact.delete(LOCAL_ORIGINS);
  return { credentials, allows: (origin) => exact.has(origin) || (local && LOCAL.test(origin)) };
}

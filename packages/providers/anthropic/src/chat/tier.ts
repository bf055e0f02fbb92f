import { adjusted } from '@sluice/toolkit';
import type { Plan } from './plan.js';

/** The wishes that this wire can tell: the better tier where the account has it, or never. */
const WISHES: ReadonlyMap<string, string> = new Map([
  ['auto', 'auto'],
  ['default', 'standard_only'],
  ['standard_only', 'standard_only'],
]);

/**
 * `service_tier`. The better tier cannot be insisted on: `auto` comes closest to `priority`.
 * https://platform.claude.com/docs/en/api/service-tiers
 */
export function planTier(tier: string | undefined): Plan {
  if (tier === undefined) return { fields: {}, adjustments: [] };
  const wish = WISHES.get(tier);
  if (wish !== undefined) return { fields: { service_tier: wish }, adjustments: [] };
  if (tier === 'priority') {
    return { fields: { service_tier: 'auto' }, adjustments: adjusted('service_tier', 'changed') };
  }
  return { fields: {}, adjustments: adjusted('service_tier', 'dropped') };
}

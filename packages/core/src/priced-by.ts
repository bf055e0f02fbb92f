import type { PricedExtras, Usage } from '@sluice/contract';
import { isStandardTier } from '@sluice/toolkit';

const PLAIN: ReadonlySet<string> = new Set(['inputTokens', 'outputTokens', 'cachedInputTokens']);

/**
 * What a row keeps, so that it can be priced again, of what was used beside tokens in, out and cached, and of a tier that
 * is not the standard one; nothing, and nothing made, where that is all.
 */
export function pricedBy(usage: Usage | undefined, serviceTier: string | undefined): PricedExtras | undefined {
  let extras: Record<string, unknown> | undefined;
  for (const name in usage) {
    const value = usage[name as keyof Usage];
    if (value !== undefined && value !== 0 && !PLAIN.has(name)) (extras ??= {})[name] = value;
  }
  if (serviceTier !== undefined && !isStandardTier(serviceTier)) (extras ??= {})['serviceTier'] = serviceTier;
  return extras;
}

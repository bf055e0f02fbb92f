const STANDARD: ReadonlySet<string> = new Set(['default', 'standard', 'auto', 'on_demand']);

/** Whether a service tier, in its vendor's own word, is the one whose prices stand without a condition. */
export function isStandardTier(tier: string): boolean {
  return STANDARD.has(tier);
}

import { canonicalJson, isJsonObject } from '@sluice/toolkit';

/** Equal as JSON Schema means it: the order of members is no difference. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const isSimple = (value: unknown): boolean => !Array.isArray(value) && !isJsonObject(value);
  return !isSimple(one) && !isSimple(other) && canonicalJson(one) === canonicalJson(other);
}

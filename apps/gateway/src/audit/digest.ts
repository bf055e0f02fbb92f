import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject } from '@sluice/toolkit';

/** What tells two states of an object apart and says nothing of them. */
export function digestOf(state: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(state)).digest('hex')}`;
}

/** The names of the fields in which two states differ; all of them where there is only one state. */
export function changedFields(before: unknown, after: unknown): readonly string[] {
  const [old, now] = [before, after].map((state) => (isJsonObject(state) ? state : {}));
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})]);
  return [...names].filter((name) => digestOf(old?.[name] ?? null) !== digestOf(now?.[name] ?? null)).toSorted();
}

import type { JsonObject } from '@sluice/contract';
import { isExactNumber, isJsonObject } from './json.js';

/** JSON with the members of every object in the order of their names: equal values give equal text. Absent members are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isJsonObject(value) && !isExactNumber(value)) return canonicalObject(value);
  return JSON.stringify(value) ?? 'null';
}

function canonicalObject(object: JsonObject): string {
  const members: string[] = [];
  for (const name of Object.keys(object).sort()) {
    const value = object[name];
    if (value !== undefined) members.push(`${JSON.stringify(name)}:${canonicalJson(value)}`);
  }
  return `{${members.join(',')}}`;
}

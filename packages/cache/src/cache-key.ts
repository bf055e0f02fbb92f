import { hash } from 'node:crypto';
import type { CacheQuestion, JsonObject } from '@sluice/contract';
import { isExactNumber, isJsonObject } from '@sluice/toolkit';

/**
 * One key for one question: SHA-256 over tenant, dialect and body. Bodies that differ only in the order of their
 * members have the same key; tenants and dialects never share one. The body is JSON, nested no deeper than the parser
 * lets through.
 */
export function cacheKey({ tenant, dialect, wire }: CacheQuestion): string {
  // Two JSON strings cannot run into each other, whatever a tenant is called.
  return hash('sha256', `${JSON.stringify(tenant)}${JSON.stringify(dialect)}${canonicalJson(wire)}`, 'base64url');
}

/** JSON with the members of every object in the order of their names. */
function canonicalJson(value: unknown): string {
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

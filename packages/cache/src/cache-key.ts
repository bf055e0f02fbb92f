import { hash } from 'node:crypto';
import type { CacheQuestion } from '@sluice/contract';
import { canonicalJson } from '@sluice/toolkit';

/**
 * One key for one question: SHA-256 over tenant, dialect and body. Bodies that differ only in the order of their
 * members have the same key; tenants and dialects never share one. The body is JSON, nested no deeper than the parser
 * lets through.
 */
export function cacheKey({ tenant, dialect, wire }: CacheQuestion): string {
  // Two JSON strings cannot run into each other, whatever a tenant is called.
  return hash('sha256', `${JSON.stringify(tenant)}${JSON.stringify(dialect)}${canonicalJson(wire)}`, 'base64url');
}

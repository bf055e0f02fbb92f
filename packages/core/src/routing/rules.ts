import { matchesWildcard } from '@sluice/toolkit';
import type { AliasRule, RuleConditions } from '../snapshot.js';
import type { RouteQuestion } from './question.js';
import { metadataOf, tagsOf } from './request-facts.js';

/** The first rule all of whose conditions hold. */
export function findRule(rules: readonly AliasRule[], question: RouteQuestion): AliasRule | undefined {
  return rules.find(({ when }) => holds(when, question));
}

function holds({ tags, metadata, headers, keys, tenants }: RuleConditions, question: RouteQuestion): boolean {
  const { keyId, keyName, tenant } = question.principal;
  if (keys && !matchesAny(keys, keyName) && !matchesAny(keys, keyId)) return false;
  if (tenants && !matchesAny(tenants, tenant)) return false;
  if (tags && !tagsOf(question).some((tag) => matchesAny(tags, tag))) return false;
  if (headers && !allMatch(headers, (name) => question.headers[name])) return false;
  const said = metadata && metadataOf(question.parsed.wire);
  return !metadata || allMatch(metadata, (name) => (said && Object.hasOwn(said, name) ? said[name] : undefined));
}

type Patterns = readonly string[];

function allMatch(conditions: ReadonlyMap<string, Patterns>, valueOf: (name: string) => unknown): boolean {
  for (const [name, patterns] of conditions) {
    const value = valueOf(name);
    const isSimple = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (!isSimple || !matchesAny(patterns, String(value))) return false;
  }
  return true;
}

function matchesAny(patterns: Patterns, value: string): boolean {
  return patterns.some((pattern) => matchesWildcard(pattern, value));
}

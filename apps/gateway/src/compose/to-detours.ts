import type { Alias, AliasRule, Candidate, RuleConditions } from '@sluice/core';
import type { AliasSettings } from '../config/models-settings.js';
import type { RuleSettings } from '../config/routing-settings.js';

export type Place = Pick<AliasSettings['targets'][number], 'provider' | 'model'>;

/** What leads some requests of an alias elsewhere than to its targets. */
export function toDetours(
  { canary, rules }: AliasSettings,
  toCandidate: (place: Place) => Candidate,
): Pick<Alias, 'canary' | 'rules'> {
  return {
    ...(canary ? { canary: { candidate: toCandidate(canary), share: canary.share } } : {}),
    ...(rules && rules.length > 0 ? { rules: rules.map((rule) => toRule(rule, toCandidate)) } : {}),
  };
}

function toRule({ when, use }: RuleSettings, toCandidate: (place: Place) => Candidate): AliasRule {
  return { when: toConditions(when), use: 'alias' in use ? use : { candidate: toCandidate(use) } };
}

function toConditions({ metadata, headers, tags, keys, tenants }: RuleSettings['when']): RuleConditions {
  return {
    ...(tags ? { tags } : {}),
    ...(keys ? { keys } : {}),
    ...(tenants ? { tenants } : {}),
    ...(metadata ? { metadata: new Map(Object.entries(metadata)) } : {}),
    ...(headers ? { headers: new Map(Object.entries(headers)) } : {}),
  };
}

import type { ProviderDefinition } from '@sluice/contract';
import { checkReferences } from './check-references.js';
import { deepFreeze } from './deep-freeze.js';
import { explainIssues } from './explain-issues.js';
import type { ConfigProblem } from './problem.js';
import { createConfigSchema } from './schema.js';
import type { Config } from './schema.js';
import { checkSecrets } from './secrets.js';
import type { SecretPlace } from './secrets.js';

export interface CheckOptions {
  readonly definitions: readonly ProviderDefinition[];
  /** Where references to secrets are followed to; absent: they are not. */
  readonly secrets?: SecretPlace | undefined;
}
export type CheckedConfig =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** A value as a configuration, frozen, or everything that is wrong with it. Total. */
export function checkConfig(raw: unknown, { definitions, secrets }: CheckOptions): CheckedConfig {
  const parsed = createConfigSchema(definitions).safeParse(raw);
  if (!parsed.success) return { ok: false, problems: explainIssues(parsed.error.issues, raw) };
  const problems = [
    ...checkReferences(parsed.data),
    ...(secrets ? checkSecrets(parsed.data.providers, ['providers'], secrets) : []),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: deepFreeze(parsed.data) };
}

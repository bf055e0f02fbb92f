import type { ProviderDefinition } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import type { z } from 'zod';
import { checkReferences } from './check-references.js';
import { deepFreeze } from './deep-freeze.js';
import { explainIssues } from './explain-issues.js';
import { modelsSettings } from './models-settings.js';
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
  const { models, providers } = parsed.success ? parsed.data : soundParts(raw, parsed.error.issues);
  const problems = [
    ...(parsed.success ? [] : explainIssues(parsed.error.issues, raw)),
    ...checkReferences({ models, providers }),
    ...(secrets ? checkSecrets(providers, ['providers'], secrets) : []),
  ];
  return parsed.success && problems.length === 0
    ? { ok: true, config: deepFreeze(parsed.data) }
    : { ok: false, problems };
}

/** Where references start and lead to, as far as a faulty configuration has it: their faults are told with the others. */
function soundParts(raw: unknown, issues: readonly z.core.$ZodIssue[]): Pick<Config, 'models' | 'providers'> {
  const { models, providers } = isJsonObject(raw) ? raw : {};
  if (!isJsonObject(providers)) return { models: {}, providers: {} };
  const sound = issues.every(({ path }) => path[0] !== 'models');
  return { models: sound ? modelsSettings.parse(models) : {}, providers: providers as Config['providers'] };
}

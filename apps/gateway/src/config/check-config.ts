import { catalogueSettings } from '@sluice/catalogue';
import type { ProviderDefinition } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import type { z } from 'zod';
import { checkCatalogue } from './check-catalogue.js';
import { checkGuards } from './check-guards.js';
import { checkReferences } from './check-references.js';
import { deepFreeze } from './deep-freeze.js';
import { explainIssues } from './explain-issues.js';
import { modelsSettings } from './models-settings.js';
import type { ConfigProblem } from './problem.js';
import { redisUrlOf } from './redis-url.js';
import { createConfigSchema } from './schema.js';
import type { Config } from './schema.js';
import { checkSignIn, checkTokens } from './check-tokens.js';
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
  const { models, providers, catalogue } = parsed.success ? parsed.data : soundParts(raw, parsed.error.issues);
  const problems = [
    ...(parsed.success ? [] : explainIssues(parsed.error.issues, raw)),
    ...checkReferences({ models, providers }),
    ...checkCatalogue({ catalogue, providers }),
    ...(secrets ? checkSecrets(providers, ['providers'], secrets) : []),
    ...(secrets && parsed.success ? checkStores(parsed.data, secrets) : []),
    ...(secrets && parsed.success ? checkTokens(parsed.data.auth.jwt, secrets) : []),
    ...(secrets && parsed.success ? checkSignIn(parsed.data.auth.oidc, secrets) : []),
    ...(parsed.success ? checkGuards(parsed.data, secrets) : []),
  ];
  return parsed.success && problems.length === 0
    ? { ok: true, config: deepFreeze(parsed.data) }
    : { ok: false, problems };
}

function checkStores({ cache }: Config, { env }: SecretPlace): readonly ConfigProblem[] {
  if (cache.store !== 'redis' || redisUrlOf(env) !== undefined) return [];
  return [{ path: 'cache.store', reason: 'redis is where the variable REDIS_URL says, and it is not set' }];
}

type SoundParts = Pick<Config, 'models' | 'providers' | 'catalogue'>;

/** Where references start and lead to, as far as a faulty configuration has it: their faults are told with the others. */
function soundParts(raw: unknown, issues: readonly z.core.$ZodIssue[]): SoundParts {
  const { models, providers, catalogue } = isJsonObject(raw) ? raw : {};
  if (!isJsonObject(providers)) return { models: {}, providers: {}, catalogue: { models: {} } };
  const isSound = (slice: string): boolean => issues.every(({ path }) => path[0] !== slice);
  return {
    models: isSound('models') ? modelsSettings.parse(models) : {},
    providers: providers as Config['providers'],
    catalogue: isSound('catalogue') ? catalogueSettings.parse(catalogue ?? {}) : { models: {} },
  };
}

import { isJsonObject } from '@sluice/toolkit';
import { withAwsVariables } from './aws-variables.js';
import { checkConfig } from './check-config.js';
import type { CheckedConfig } from './check-config.js';
import { PROVIDER_DEFINITIONS } from './definitions.js';
import { isProduction } from './environment.js';
import { gatherNamed } from './gather-providers.js';
import { problemLine } from './problem.js';
import type { ConfigProblem } from './problem.js';
import type { Config } from './schema.js';
import type { SecretPlace } from './secrets.js';

/** A configuration given as a value. Throws one error with a line for each problem, those found elsewhere first. */
export function parseConfig(raw: unknown, place: SecretPlace, elsewhere: readonly ConfigProblem[] = []): Config {
  const checked = checkGiven(raw, place);
  if (checked.ok && elsewhere.length === 0) return checked.config;
  throw new Error([...elsewhere, ...(checked.ok ? [] : checked.problems)].map(problemLine).join('\n'));
}

/** A configuration given as a value, or everything that is wrong with it. */
export function checkGiven(raw: unknown, place: SecretPlace): CheckedConfig {
  return checkConfig(asAtStart(raw, place), { definitions: PROVIDER_DEFINITIONS, secrets: place });
}

/** As at a start: in development the simulator is there unless the name is taken, and the usual AWS variables count. */
function asAtStart(raw: unknown, { env }: SecretPlace): unknown {
  if (!isJsonObject(raw)) return raw;
  const { providers: named = {} } = raw;
  const { providers } = gatherNamed(named, isProduction(env));
  return { ...raw, providers: withAwsVariables(providers, env) };
}

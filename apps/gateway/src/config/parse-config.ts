import { checkConfig } from './check-config.js';
import { PROVIDER_DEFINITIONS } from './definitions.js';
import { problemLine } from './problem.js';
import type { ConfigProblem } from './problem.js';
import type { Config } from './schema.js';
import type { SecretPlace } from './secrets.js';

/** A configuration given as a value. Throws one error with a line for each problem, those found elsewhere first. */
export function parseConfig(raw: unknown, place: SecretPlace, elsewhere: readonly ConfigProblem[] = []): Config {
  const checked = checkConfig(withSimulator(raw, place), { definitions: PROVIDER_DEFINITIONS, secrets: place });
  if (checked.ok && elsewhere.length === 0) return checked.config;
  throw new Error([...elsewhere, ...(checked.ok ? [] : checked.problems)].map(problemLine).join('\n'));
}

/** As at a start: in development the simulator is there unless the name is taken. */
function withSimulator(raw: unknown, { env }: SecretPlace): unknown {
  if (env['NODE_ENV'] === 'production' || typeof raw !== 'object' || raw === null) return raw;
  const { providers } = raw as { providers?: unknown };
  if (providers !== undefined && (typeof providers !== 'object' || providers === null)) return raw;
  return { ...raw, providers: { sim: { kind: 'sim' }, ...providers } };
}

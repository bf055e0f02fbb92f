import { resolve } from 'node:path';
import type { ProviderDefinition } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { withAwsVariables } from './aws-variables.js';
import { checkConfig } from './check-config.js';
import { readEnvironment } from './environment.js';
import type { ConfigFlags, Environment, EnvironmentSettings } from './environment.js';
import { gather, gatherNamed } from './gather-providers.js';
import type { GatheredProviders, ProviderSource } from './gather-providers.js';
import { parseYaml } from './parse-yaml.js';
import type { ConfigProblem } from './problem.js';
import { readTextFile } from './read-file.js';
import type { Config } from './schema.js';
import { providersFromEnvironment } from './zero-config.js';
import type { RawProviders } from './zero-config.js';

export interface LoadOptions {
  readonly env: Environment;
  readonly cwd: string;
  readonly flags?: ConfigFlags;
  readonly definitions: readonly ProviderDefinition[];
  /** False: references to secrets are not followed. Default true. */
  readonly resolveSecrets?: boolean;
  /** Looks for model servers on this machine. Asked in development only, and only where no file names providers. */
  readonly discover?: () => Promise<RawProviders>;
}

export interface LoadedConfig {
  readonly ok: true;
  readonly config: Config;
  readonly sources: Readonly<Record<string, ProviderSource>>;
  /** The file that was read, as it was named. */
  readonly file?: string;
  readonly environment: EnvironmentSettings;
}
export type LoadResult = LoadedConfig | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Read where it is there and no other is named. */
export const DEFAULT_FILE = './sluice.yaml';

/**
 * The configuration that flags, variables and file make together, in this order of precedence, or everything that is
 * wrong with it. Total: whatever the file holds ends in a problem, never in a throw.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadResult> {
  const environment = readEnvironment(options.env, options.flags ?? {});
  const file = readConfigFile(environment.config, options.cwd);
  if (!file.ok) return { ok: false, problems: [...environment.problems, ...file.problems] };
  const gathered = await findProviders(file.raw, environment.production, options);
  const providers = withAwsVariables(gathered.providers, options.env);
  const raw = withOverrides({ ...file.raw, providers }, environment);
  const secrets = options.resolveSecrets === false ? undefined : options;
  const checked = checkConfig(raw, { definitions: options.definitions, secrets });
  const problems = [...environment.problems, ...gathered.problems, ...(checked.ok ? [] : checked.problems)];
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    config: checked.config,
    sources: gathered.sources,
    environment,
    ...(file.name !== undefined && { file: file.name }),
  };
}

type RawConfig = Readonly<Record<string, unknown>>;
type ConfigFile =
  | { readonly ok: true; readonly raw: RawConfig; readonly name?: string }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** The file that is named, or `./sluice.yaml` where there is one, or nothing. */
function readConfigFile(named: string | undefined, cwd: string): ConfigFile {
  const name = named ?? DEFAULT_FILE;
  const read = readTextFile(resolve(cwd, name));
  if (!read.ok && read.missing && named === undefined) return { ok: true, raw: {} };
  if (!read.ok) return { ok: false, problems: [{ path: name, reason: read.reason }] };
  const yaml = parseYaml(read.text);
  if (!yaml.ok) return { ok: false, problems: yaml.reasons.map((reason) => ({ path: name, reason })) };
  if (isJsonObject(yaml.value)) return { ok: true, raw: yaml.value, name };
  const reason = yaml.value === null ? 'it is empty' : 'expected settings such as `server:` and `providers:`';
  return { ok: false, problems: [{ path: name, reason }] };
}

type ProvidersFound = GatheredProviders & { readonly problems: readonly ConfigProblem[] };

async function findProviders(raw: RawConfig, production: boolean, options: LoadOptions): Promise<ProvidersFound> {
  if (raw['providers'] !== undefined) return { ...gatherNamed(raw['providers'], production), problems: [] };
  const { providers: environment, problems } = providersFromEnvironment(options.env, options.definitions);
  const discovered = production ? {} : await options.discover?.();
  return { ...gather({ environment, discovered: discovered ?? {} }, production), problems };
}

function withOverrides(raw: RawConfig, { server, problems }: EnvironmentSettings): RawConfig {
  const own = raw['server'] ?? {};
  // A bad flag is reported under its own name; a bad block is left for the schema to report.
  if (!isJsonObject(own) || problems.length > 0) return raw;
  return { ...raw, server: { ...own, ...server } };
}

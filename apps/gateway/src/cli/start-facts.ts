import { basename, join } from 'node:path';
import type { LoadedConfig } from '../config/load-config.js';
import type { AdminKey, DataDir } from '../data-dir.js';
import type { AdminKeyFact, FoundAlias, FoundProvider, StartFacts } from './start-screen.js';
import { VERSION } from '../version.js';

export interface Started {
  readonly loaded: LoadedConfig;
  readonly dataDir: DataDir;
  readonly adminKey: AdminKey;
  readonly developmentKey: string | undefined;
  /** Where the gateway listens. */
  readonly url: string;
}

/** What the start screen may say. In production no key is among it. */
export function toStartFacts({ loaded, dataDir, adminKey, developmentKey, url }: Started): StartFacts {
  const { config, environment, file } = loaded;
  const { production } = environment;
  return {
    version: VERSION,
    production,
    url: toCallableUrl(url),
    ...(file !== undefined && { configFile: file }),
    dataDir: environment.dataDir,
    ...(environment.redis !== undefined && { redis: environment.redis }),
    providers: toProviders(loaded),
    aliases: toAliases(config.models),
    ...(developmentKey !== undefined && !production && { developmentKey }),
    adminKey: toAdminKeyFact(loaded, dataDir, adminKey),
    exampleModel: exampleModel(config),
  };
}

/** An address that takes connections from everywhere is not one to connect to. */
function toCallableUrl(listening: string): string {
  return listening.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]');
}

function toProviders({ config, sources }: LoadedConfig): readonly FoundProvider[] {
  return Object.entries(config.providers).map(([name, { baseUrl }]) => ({
    name,
    source: sources[name] ?? 'file',
    ...(typeof baseUrl === 'string' && { baseUrl: withoutCredentials(baseUrl) }),
  }));
}

function withoutCredentials(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname}`.replace(/\/$/, '');
}

function toAliases(models: LoadedConfig['config']['models']): readonly FoundAlias[] {
  return Object.entries(models).map(([name, { targets }]) => ({
    name,
    targets: targets.map(({ provider, model }) => `${provider}/${model}`),
  }));
}

function toAdminKeyFact({ environment }: LoadedConfig, { secretsPath }: DataDir, adminKey: AdminKey): AdminKeyFact {
  if (environment.adminKey !== undefined) return { from: 'variable' };
  const shown = adminKey.isNew && !environment.production;
  const path = join(environment.dataDir, basename(secretsPath));
  return { from: 'secrets-file', path, ...(shown && { key: adminKey.key }) };
}

/** One that surely answers, else one that the operator set up. */
function exampleModel({ providers, models }: LoadedConfig['config']): string {
  if (providers['sim']?.kind === 'sim') return 'sim/echo';
  const [alias] = Object.keys(models);
  return alias ?? `${Object.keys(providers)[0] ?? 'PROVIDER'}/MODEL`;
}

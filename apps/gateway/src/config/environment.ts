import { isPostgresUrl } from '@sluice/store-postgres';
import type { ConfigProblem } from './problem.js';
import { redisAddress, redisUrlOf, redisUrlProblems } from './redis-url.js';

/** The process's variables, as an argument. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line says; each wins over its variable. */
export interface ConfigFlags {
  readonly host?: string;
  readonly port?: string;
  readonly config?: string;
  readonly dataDir?: string;
}

export interface EnvironmentSettings {
  /** Only what a flag or a variable says. */
  readonly server: { readonly host?: string; readonly port?: number };
  /** The file named by a flag or a variable. */
  readonly config?: string;
  readonly dataDir: string;
  readonly adminKey?: string;
  /** PostgreSQL that the ledgers of several machines are sent to. */
  readonly databaseUrl?: string;
  /** Host and port of the Redis server that machines share. */
  readonly redis?: string;
  readonly production: boolean;
  readonly problems: readonly ConfigProblem[];
}

interface Setting {
  readonly value: string;
  readonly source: string;
}

/** Flags and variables, checked. An empty variable counts as unset, but for the admin key: that would be a weak secret. */
export function readEnvironment(env: Environment, flags: ConfigFlags): EnvironmentSettings {
  const host = pick({ '--host': flags.host, SLUICE_HOST: env['SLUICE_HOST'] });
  const port = pick({ '--port': flags.port, SLUICE_PORT: env['SLUICE_PORT'] });
  const config = pick({ '--config': flags.config, SLUICE_CONFIG: env['SLUICE_CONFIG'] });
  const dataDir = pick({ '--data-dir': flags.dataDir, SLUICE_DATA_DIR: env['SLUICE_DATA_DIR'] });
  const adminKey = env['SLUICE_ADMIN_KEY'];
  const database = pick({ DATABASE_URL: env['DATABASE_URL'] });
  const redisUrl = redisUrlOf(env);
  const redisProblems = redisUrlProblems(env);
  return {
    server: { ...(host && { host: host.value }), ...(port && { port: Number(port.value) }) },
    ...(config && { config: config.value }),
    dataDir: dataDir?.value ?? './.sluice',
    ...(adminKey !== undefined && { adminKey }),
    ...(database && { databaseUrl: database.value }),
    ...(redisUrl !== undefined && redisProblems.length === 0 && { redis: redisAddress(redisUrl) }),
    production: isProduction(env),
    problems: [
      ...hostProblems(host),
      ...portProblems(port),
      ...adminKeyProblems(adminKey),
      ...databaseProblems(database),
      ...redisProblems,
    ],
  };
}

/** Decides what is there without being named, and what a start shows. */
export function isProduction(env: Environment): boolean {
  return env['NODE_ENV'] === 'production';
}

/** The first that says something: a flag always does, an empty variable does not. */
function pick(settings: Readonly<Record<string, string | undefined>>): Setting | undefined {
  const found = Object.entries(settings).find(
    ([source, value]) => value !== undefined && (value !== '' || isFlag(source)),
  );
  return found && { source: found[0], value: found[1] ?? '' };
}

function isFlag(source: string): boolean {
  return source.startsWith('--');
}

/** Names and addresses, IPv6 with its zone too. */
export const HOST_PATTERN = /^[A-Za-z0-9._:%-]{1,255}$/;

function hostProblems(host: Setting | undefined): readonly ConfigProblem[] {
  if (!host || HOST_PATTERN.test(host.value)) return [];
  return [{ path: host.source, reason: 'expected a host name or an IP address' }];
}

function portProblems(port: Setting | undefined): readonly ConfigProblem[] {
  if (!port || (/^\d{1,5}$/.test(port.value) && Number(port.value) <= 65_535)) return [];
  return [{ path: port.source, reason: 'expected a port from 0 to 65535' }];
}

/** It holds a password, so it is not repeated. */
function databaseProblems(database: Setting | undefined): readonly ConfigProblem[] {
  if (!database || isPostgresUrl(database.value)) return [];
  return [{ path: database.source, reason: 'expected postgres://USER:PASSWORD@HOST:PORT/DATABASE' }];
}

const MIN_SECRET_CHARS = 32;

function adminKeyProblems(key: string | undefined): readonly ConfigProblem[] {
  const reason = key === undefined ? undefined : weakness(key);
  return reason === undefined ? [] : [{ path: 'SLUICE_ADMIN_KEY', reason }];
}

/** Words that stand in documentation, ours and others', where a secret should. */
const EXAMPLES = /change-?_?me|example|your-?_?(?:admin-?_?)?key|sk-1234/i;

function weakness(key: string): string | undefined {
  if (key === '') return 'it is set but empty';
  if (key.length < MIN_SECRET_CHARS) return `a secret has at least ${MIN_SECRET_CHARS} characters`;
  if (!/^[\x21-\x7e]+$/.test(key)) return 'only visible ASCII characters can travel in a header';
  if (EXAMPLES.test(key) || new Set(key).size < 8) return 'this is an example, not a secret';
  return undefined;
}

import { isJsonObject } from '@sluice/toolkit';
import type { Environment } from './environment.js';

/** https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html */
const REGIONS = ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const;
const BEARER = 'AWS_BEARER_TOKEN_BEDROCK';
const KEY_ID = 'AWS_ACCESS_KEY_ID';
const KEY_SECRET = 'AWS_SECRET_ACCESS_KEY';
const SESSION = 'AWS_SESSION_TOKEN';
const ENDPOINT = 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME';

type Settings = Readonly<Record<string, unknown>>;

/** True where the variables say whom to call, where, and as whom. */
export function namesBedrock(env: Environment): boolean {
  const known = Boolean(env[BEARER]) || (Boolean(env[KEY_ID]) && Boolean(env[KEY_SECRET]));
  return known && REGIONS.some((name) => env[name]);
}

/** What the usual AWS variables say, for a provider of kind `bedrock`. Secrets are referred to, never read. */
export function awsSettings(env: Environment): Settings {
  return { ...placeOf(env), ...credentialsOf(env) };
}

/**
 * The providers as a file has them, those of kind `bedrock` with what the usual AWS variables say where they say nothing
 * themselves: where the API is, and credentials where none are named. Anything may stand there: it is checked afterwards.
 */
export function withAwsVariables(providers: unknown, env: Environment): unknown {
  if (!isJsonObject(providers)) return providers;
  const filled = Object.entries(providers).map(([name, settings]) => [name, fill(settings, env)] as const);
  return Object.fromEntries(filled);
}

function fill(settings: unknown, env: Environment): unknown {
  if (!isJsonObject(settings) || settings['kind'] !== 'bedrock') return settings;
  const { apiKey, apiKeys, accessKeyId, secretAccessKey, baseUrl } = settings;
  const named = apiKey ?? apiKeys ?? accessKeyId ?? secretAccessKey;
  const place = baseUrl === undefined ? placeOf(env) : regionOf(env);
  return { ...place, ...(named === undefined ? credentialsOf(env) : {}), ...settings };
}

function placeOf(env: Environment): Settings {
  return { ...regionOf(env), ...(env[ENDPOINT] ? { baseUrl: env[ENDPOINT] } : {}) };
}

function regionOf(env: Environment): Settings {
  const region = REGIONS.map((name) => env[name]).find(Boolean);
  return region === undefined ? {} : { region };
}

/** As the SDKs of AWS choose: a Bedrock API key comes before an access key. */
function credentialsOf(env: Environment): Settings {
  if (env[BEARER]) return { apiKey: { env: BEARER } };
  if (!env[KEY_ID] || !env[KEY_SECRET]) return {};
  const session = env[SESSION] ? { sessionToken: { env: SESSION } } : {};
  return { accessKeyId: { env: KEY_ID }, secretAccessKey: { env: KEY_SECRET }, ...session };
}

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gatewayError } from '@sluice/contract';
import type { SecretRef } from '@sluice/contract';
import type { Environment } from './environment.js';
import { formatPath } from './problem.js';
import type { ConfigProblem } from './problem.js';
import { readTextFile } from './read-file.js';

const MAX_SECRET_BYTES = 65_536;

/** Where references to secrets lead: variables, and files by absolute path or below the working directory. */
export interface SecretPlace {
  readonly env: Environment;
  readonly cwd: string;
}

/**
 * Reads secrets for the adapters, anew at each call, so that a rotated one counts from the next request on. Rejects with
 * `upstream_auth_error` when there is none: the attempt loop then takes another target.
 */
export function createSecretReader({ env, cwd }: SecretPlace): (ref: SecretRef) => Promise<string> {
  return async (ref) => {
    const secret = 'env' in ref ? env[ref.env] : await readFile(resolve(cwd, ref.file), 'utf8').catch(() => undefined);
    const text = secret?.trim();
    if (text) return text;
    throw gatewayError('upstream_auth_error', { message: "The gateway's credential for the provider cannot be read." });
  };
}

/** A secret that is needed before anything is served. Throws where there is none. */
export function readSecretNow(ref: SecretRef, { env, cwd }: SecretPlace): string {
  const text = 'env' in ref ? env[ref.env] : readFileSync(resolve(cwd, ref.file), 'utf8');
  if (text?.trim()) return text.trim();
  throw new Error('a secret of auth cannot be read');
}

/** Every reference below `settings` that leads to no usable secret. `path` is where `settings` stands. */
export function checkSecrets(
  settings: unknown,
  path: readonly PropertyKey[],
  place: SecretPlace,
): readonly ConfigProblem[] {
  if (typeof settings !== 'object' || settings === null) return [];
  // A map of headers may itself have one entry called `env`.
  if (isSecretRef(settings) && path.at(-1) !== 'headers') return checkSecret(settings, path, place);
  return Object.entries(settings).flatMap(([key, value]) => checkSecrets(value, [...path, key], place));
}

function isSecretRef(value: object): value is SecretRef {
  const [entry, ...others] = Object.entries(value) as [string, unknown][];
  if (!entry || others.length > 0 || typeof entry[1] !== 'string') return false;
  return entry[0] === 'env' || entry[0] === 'file';
}

function checkSecret(
  ref: SecretRef,
  path: readonly PropertyKey[],
  { env, cwd }: SecretPlace,
): readonly ConfigProblem[] {
  const reason = 'env' in ref ? variableFault(ref.env, env) : fileFault(ref.file, cwd);
  return reason === undefined ? [] : [{ path: formatPath(path), reason }];
}

function variableFault(name: string, env: Environment): string | undefined {
  const secret = env[name]?.trim();
  if (!secret) return `the variable ${JSON.stringify(name)} is not set`;
  return isHeaderSafe(secret)
    ? undefined
    : `the variable ${JSON.stringify(name)} holds characters that no header can carry`;
}

function fileFault(path: string, cwd: string): string | undefined {
  const name = JSON.stringify(path);
  const read = readTextFile(resolve(cwd, path), MAX_SECRET_BYTES);
  if (!read.ok) return `the file ${name} is of no use: ${read.reason}`;
  return read.text.trim() === '' ? `the file ${name} is empty` : undefined;
}

function isHeaderSafe(secret: string): boolean {
  return /^[\x20-\x7e]+$/.test(secret);
}

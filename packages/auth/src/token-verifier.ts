import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isGatewayError } from '@sluice/contract';
import type { Clock, JsonObject, SecretRef, Transport } from '@sluice/contract';
import { errors, jwtVerify } from 'jose';
import type { JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import { readClaims } from './token-claims.js';
import type { TokenClaims } from './token-claims.js';
import { expiredToken, invalidToken, openToken } from './token-form.js';
import { RemoteKeys } from './remote-keys.js';
import type { IssuerSettings } from './token-settings.js';

/** Clocks of issuers may be so far ahead of ours, or behind. */
export const SKEW_SECONDS = 5;
const MAX_LIFETIME_SECONDS = 86_400;
const MIN_SECRET_BYTES = 32;
const PUBLIC_ALGORITHMS = ['RS256', 'ES256'] as const;

export interface TokenVerifierDeps {
  readonly issuers: readonly IssuerSettings[];
  /** Throws where a reference leads nowhere. */
  readonly readSecret: (ref: SecretRef) => string;
  readonly transport: Transport;
  readonly clock: Clock;
}

/** Checks a token, all of it. Rejects with `invalid_token`, `expired_token`, or `storage_unavailable` without keys. */
export type VerifyToken = (token: string) => Promise<TokenClaims>;

interface Issuer {
  readonly settings: IssuerSettings;
  readonly options: JWTVerifyOptions;
  readonly findKey: JWTVerifyGetKey;
}

/** Throws where a key cannot be read, or is of no use. */
export function createTokenVerifier(deps: TokenVerifierDeps): VerifyToken {
  const { clock } = deps;
  const issuers = new Map(deps.issuers.map((settings) => [settings.issuer, toIssuer(settings, deps)]));
  return async (token) => {
    const { payload } = openToken(token);
    const { iss } = payload;
    const issuer = typeof iss === 'string' ? issuers.get(iss) : undefined;
    const nowSeconds = Math.floor(clock.now() / 1_000);
    if (!issuer) throw invalidToken();
    assertTimes(payload, nowSeconds);
    await verifySignature(token, issuer, new Date(clock.now()));
    return readClaims(payload, issuer.settings);
  };
}

async function verifySignature(token: string, { options, findKey }: Issuer, currentDate: Date): Promise<void> {
  const rules = { ...options, currentDate };
  try {
    await jwtVerify(token, findKey, rules).catch((cause: unknown) => verifyWithAny(token, cause, rules));
  } catch (cause) {
    if (isGatewayError(cause)) throw cause;
    // Errors of jose hold the claims: they go no further.
    throw codeOf(cause) === 'ERR_JWT_EXPIRED' ? expiredToken() : invalidToken();
  }
}

/** A token that names no key, of an issuer that has several of its kind. */
async function verifyWithAny(token: string, cause: unknown, rules: JWTVerifyOptions): Promise<void> {
  if (!(cause instanceof errors.JWKSMultipleMatchingKeys)) throw cause;
  let last: unknown = cause;
  for await (const key of cause) {
    try {
      await jwtVerify(token, key, rules);
      return;
    } catch (failure) {
      if (codeOf(failure) !== 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') throw failure;
      last = failure;
    }
  }
  throw last;
}

function codeOf(cause: unknown): unknown {
  return (cause as { readonly code?: unknown } | null)?.code;
}

function assertTimes({ exp, iat, nbf }: JsonObject, nowSeconds: number): void {
  if (!isTime(exp) || exp === 0 || ![iat, nbf].every((time) => time === undefined || isTime(time)))
    throw invalidToken();
  const latest = nowSeconds + SKEW_SECONDS;
  if ([iat, nbf].some((time) => isTime(time) && time > latest)) throw invalidToken();
  if (exp > latest + MAX_LIFETIME_SECONDS || (isTime(iat) && exp - iat > MAX_LIFETIME_SECONDS)) throw invalidToken();
}

/** JSON has numbers that are infinite here: a token that is good for ever. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function toIssuer(settings: IssuerSettings, deps: TokenVerifierDeps): Issuer {
  const { issuer, audience, secret, algorithms = PUBLIC_ALGORITHMS } = settings;
  return {
    settings,
    findKey: toKeyFinder(settings, deps),
    options: {
      issuer,
      audience,
      algorithms: secret ? ['HS256'] : [...algorithms],
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['iss', 'aud', 'exp', 'sub'],
    },
  };
}

function toKeyFinder(
  { jwksUrl, publicKey, secret }: IssuerSettings,
  { readSecret, ...deps }: TokenVerifierDeps,
): JWTVerifyGetKey {
  if (secret) {
    const key = toSecret(readSecret(secret));
    return () => Promise.resolve(key);
  }
  if (publicKey) {
    const key = toPublicKey(readSecret(publicKey));
    return () => Promise.resolve(key);
  }
  const remote = new RemoteKeys({ ...deps, url: new URL(jwksUrl ?? '') });
  return (header, token) => remote.find(header, token);
}

/** Throws for what could be guessed. */
export function toSecret(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length < MIN_SECRET_BYTES) throw new Error(`it must hold at least ${MIN_SECRET_BYTES} bytes`);
  return bytes;
}

/** Throws for what is no public key, nor a certificate, in PEM. */
export function toPublicKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new Error('it holds a private key; the gateway needs the public one');
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new Error('it holds no public key in PEM', { cause });
  }
}

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { JsonObject, Principal, Stranger, Transport } from '@sluice/contract';
import { authSettings } from '../index.js';
import type { IssuerSettings } from '../token-settings.js';
import { authRig, bearer } from './auth-rig.js';

export const ISSUER = 'https://id.example.com';
export const OTHER_ISSUER = 'https://other.example.com';
const JWKS_URL = 'https://id.example.com/jwks';
export const HMAC_SECRET = 'a-secret-of-at-least-thirty-two-bytes';

function pair(kind: 'rsa' | 'ec') {
  return kind === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
}
/** Made once: an RSA key takes its time. */
export const KEYS = { rsa: pair('rsa'), ec: pair('ec'), other: pair('rsa'), attacker: pair('rsa') };

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const HASHES: Readonly<Record<string, string>> = { RS256: 'sha256', PS256: 'sha256', RS512: 'sha512', ES256: 'sha256' };

/** Signs whatever it is given, as an issuer would not: texts are taken as they are. */
export function forge(header: JsonObject | string, payload: JsonObject | string, key: KeyObject | string): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signatureOf(input, alg(header), key)}`;
}

function alg(header: JsonObject | string): string {
  const value = (typeof header === 'string' ? (JSON.parse(header) as JsonObject) : header)['alg'];
  return typeof value === 'string' ? value : 'RS256';
}

function signatureOf(input: string, algorithm: string, key: KeyObject | string): string {
  if (typeof key === 'string') return createHmac('sha256', key).update(input).digest('base64url');
  const options = {
    key,
    dsaEncoding: 'ieee-p1363',
    ...(algorithm.startsWith('PS') && { padding: 6, saltLength: 32 }),
  } as const;
  return sign(HASHES[algorithm] ?? 'sha256', Buffer.from(input), options).toString('base64url');
}

/** What a provider of identities answers, and how often it was asked. */
class FakeIssuer implements Transport {
  asked = 0;
  answer: () => Promise<{ readonly status: number; readonly text: string }>;

  constructor(keys: readonly JsonObject[]) {
    this.answer = () => Promise.resolve({ status: 200, text: JSON.stringify({ keys }) });
  }

  async send(_request: unknown, _options: unknown, signal: AbortSignal) {
    this.asked += 1;
    const left = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    const { status, text } = await Promise.race([this.answer(), left]);
    const bytes = async (limit: number) => {
      if (text.length > limit) throw new Error('too large');
      return Buffer.from(text);
    };
    const body = { bytes, cancel: () => undefined, [Symbol.asyncIterator]: () => ({ next: () => left }) };
    return { head: { status, headers: {} }, body };
  }
}

export function publicJwk(key: KeyObject, kid: string): JsonObject {
  return { ...(key.export({ format: 'jwk' }) as JsonObject), kid, use: 'sig' };
}

export interface TokenRigOptions {
  readonly settings?: Partial<IssuerSettings>;
  readonly others?: readonly IssuerSettings[];
  readonly keys?: readonly JsonObject[];
}

/** An authenticator with one issuer, whose keys are `rsa` and `ec`, and what else is asked for. */
export function tokenRig({ settings = {}, others = [], keys }: TokenRigOptions = {}) {
  const issuer = new FakeIssuer(
    keys ?? [publicJwk(KEYS.rsa.publicKey, 'rsa'), publicJwk(KEYS.ec.publicKey, 'ec')],
  );
  const source = settings.secret ? {} : { jwksUrl: JWKS_URL };
  const one = { issuer: ISSUER, audience: 'sluice', ...source, ...settings };
  const { jwt } = authSettings.parse({ jwt: [one, ...others] });
  const rig = authRig({
    tokens: {
      issuers: jwt,
      transport: issuer,
      readSecret: (ref) => ('env' in ref ? HMAC_SECRET : pemOf(ref.file)),
    },
  });
  const nowSeconds = (): number => Math.floor(rig.clock.now() / 1_000);
  const claims = (change: JsonObject = {}): JsonObject => ({
    iss: ISSUER,
    aud: 'sluice',
    sub: 'u1',
    iat: nowSeconds(),
    exp: nowSeconds() + 600,
    ...change,
  });
  const token = (change: JsonObject = {}, header: JsonObject = {}): string =>
    forge({ alg: 'RS256', kid: 'rsa', ...header }, claims(change), KEYS.rsa.privateKey);
  const present = (credential: string) => rig.ask(bearer(credential));
  const from = (caller: Stranger): Promise<Principal> => rig.auth.authenticate(caller, new AbortController().signal);
  return { ...rig, issuer, claims, token, present, from, nowSeconds };
}

/** Files are named for the keys that they hold. */
function pemOf(name: string): string {
  return KEYS[name as keyof typeof KEYS].publicKey.export({ format: 'pem', type: 'spki' }) as string;
}

/** Without what is named. */
export function without(claims: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
}

import { gatewayError } from '@sluice/contract';
import type { GatewayError, JsonObject } from '@sluice/contract';
import { isJsonObject, parseGuarded } from '@sluice/toolkit';

/** Longer ones are not looked at. */
const MAX_BYTES = 8_192;
const MAX_KID_CHARS = 256;
const TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt'];
/** Keys that a token brings itself, or says where they are. RFC 7515 §4.1.2 to §4.1.6; and what changes how it is read. */
const REFUSED_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'b64', 'crit'] as const;

/** What a token says, whether true or not. */
export interface OpenedToken {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/** A refusal that says nothing of the token. */
export function invalidToken(): GatewayError {
  return gatewayError('invalid_token', { message: 'The bearer token is not valid here.' });
}
export function expiredToken(): GatewayError {
  return gatewayError('expired_token', { message: 'The bearer token has expired.' });
}

/** Whether somebody meant this as a token: keys have no dots, and a token begins with an object of JSON. */
export function looksLikeToken(credential: string): boolean {
  const dot = credential.indexOf('.');
  if (dot < 0) return false;
  return /^e[wy]/.test(credential) || credential.split('.', 4).length === 3;
}

/** Reads a token in the one way that there is to write it. Throws `invalid_token`. */
export function openToken(token: string): OpenedToken {
  if (token.length > MAX_BYTES) throw invalidToken();
  const parts = token.split('.', 4);
  const [head = '', body = '', signature = ''] = parts;
  if (parts.length !== 3 || ![head, body, signature].every(isCanonical)) throw invalidToken();
  const header = readObject(head);
  assertHeader(header);
  return { header, payload: readObject(body) };
}

/** Another text of the same bytes would be another token that nobody issued. */
function isCanonical(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}

function assertHeader({ alg, typ, kid, ...rest }: JsonObject): void {
  const isKid = kid === undefined || (typeof kid === 'string' && kid.length <= MAX_KID_CHARS);
  const type = typeof typ === 'string' ? typ.toLowerCase() : typ;
  if (typeof alg !== 'string' || !isKid || !TYPES.includes(type)) throw invalidToken();
  if (REFUSED_HEADERS.some((name) => Object.hasOwn(rest, name))) throw invalidToken();
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Of two members with one name, readers disagree which one counts; a number that is not exact is none, so no claim holds it. */
function readObject(part: string): JsonObject {
  let value: unknown;
  try {
    value = parseGuarded(decoder.decode(Buffer.from(part, 'base64url')));
  } catch {
    throw invalidToken();
  }
  if (!isJsonObject(value)) throw invalidToken();
  return value;
}

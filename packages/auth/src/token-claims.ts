import { createHash } from 'node:crypto';
import type { JsonObject, Role } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { RECORD_ID } from './fields.js';
import { HOME_TENANT, ROLES } from './permissions.js';
import { invalidToken } from './token-form.js';
import type { IssuerSettings } from './token-settings.js';

const MAX_SUBJECT_CHARS = 255;
const CONTROL = /\p{Cc}/u;
/** 12 bytes are the 16 characters after `token_`. */
const ID_CHARS = 16;

/** Whom a verified token speaks for. */
export interface TokenClaims {
  /** Names issuer and subject; in the place of a key's id. */
  readonly keyId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly tenant: string;
  readonly team?: string;
  readonly role: Role;
  readonly expiresAtMs: number;
}

/** What the claims of a verified token mean. Throws `invalid_token` for a subject or an organisation that is none. */
export function readClaims(payload: JsonObject, settings: IssuerSettings): TokenClaims {
  const { exp } = payload;
  const sub = readSubject(payload);
  const named = readId(payload, settings.tenantClaim);
  const team = readId(payload, settings.teamClaim);
  // Who ought to name an organisation and does not belongs to nobody, and must not rule the operator's own by that.
  const isStray = settings.tenantClaim !== undefined && named === undefined;
  return {
    keyId: toKeyId(settings.issuer, sub),
    issuer: settings.issuer,
    subject: sub,
    tenant: named ?? HOME_TENANT,
    ...(team !== undefined && { team }),
    role: isStray ? 'caller' : (readRole(payload, settings) ?? 'caller'),
    expiresAtMs: (exp as number) * 1_000,
  };
}

/** Whom a token speaks of. Throws `invalid_token` where that is nobody. */
export function readSubject({ sub }: JsonObject): string {
  // Half of a surrogate pair would come back from a database as another name.
  const isName = typeof sub === 'string' && sub !== '' && sub.length <= MAX_SUBJECT_CHARS && sub.isWellFormed();
  if (!isName || CONTROL.test(sub)) throw invalidToken();
  return sub;
}

/** The same subject of another issuer is somebody else. */
export function toKeyId(issuer: string, subject: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url');
  return `token_${digest.slice(0, ID_CHARS)}`;
}

/** The organisation or the team that a claim names. Throws `invalid_token` for what is no id. */
export function readId(payload: JsonObject, claim: string | undefined): string | undefined {
  const value = claim === undefined ? undefined : readClaim(payload, claim);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && RECORD_ID.test(value)) return value;
  throw invalidToken();
}

/** Claims have dots in their names, or lead further in by them: the name as it is comes first. */
function readClaim(payload: JsonObject, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim];
  let value: unknown = payload;
  for (const name of claim.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** The highest of the roles that are named; values that name none are of no account. */
export function readRole(
  payload: JsonObject,
  { roleClaim, roles }: Pick<IssuerSettings, 'roleClaim' | 'roles'>,
): Role | undefined {
  const value = roleClaim === undefined ? undefined : readClaim(payload, roleClaim);
  const names = (Array.isArray(value) ? value : [value]) as readonly unknown[];
  const meant = names.map((name) =>
    roles && typeof name === 'string' ? (Object.hasOwn(roles, name) ? roles[name] : undefined) : name,
  );
  return ROLES.find((role) => meant.includes(role));
}

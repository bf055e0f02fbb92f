import type { GatewayError, JsonObject, Role } from '@sluice/contract';
import { HOME_TENANT } from '../permissions.js';
import { forbidden } from '../refuse.js';
import { readId, readRole, readSubject, toKeyId } from '../token-claims.js';
import type { OidcSettings } from './oidc-settings.js';

/** Somebody of whom a provider of identities spoke. */
export interface Person {
  /** Names issuer and subject; in the place of a key's id. */
  readonly keyId: string;
  readonly subject: string;
  readonly tenant: string;
  readonly team?: string;
  /** Absent: no claim names one, so that it is the role of the user with this subject. */
  readonly role?: Role;
}

/**
 * Whom the claims of a verified ID token stand for. Throws `route_not_allowed` for whoever names no organisation where one must
 * be named: nobody gets in for having an account somewhere.
 */
export function readPerson(payload: JsonObject, settings: OidcSettings): Person {
  const subject = readSubject(payload);
  const tenant = readId(payload, settings.tenantClaim);
  if (settings.tenantClaim !== undefined && tenant === undefined) throw unmapped();
  const team = readId(payload, settings.teamClaim);
  const role = readRole(payload, settings);
  return {
    keyId: toKeyId(settings.issuer, subject),
    subject,
    tenant: tenant ?? HOME_TENANT,
    ...(team !== undefined && { team }),
    ...(role !== undefined && { role }),
  };
}

/** For somebody whom a provider knows and this gateway does not. */
export function unmapped(): GatewayError {
  return forbidden('Your account has no role here. Ask who runs this gateway.');
}

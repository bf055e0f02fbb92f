import { createHash } from 'node:crypto';
import type { GatewayError, JsonObject, Role } from '@sluice/contract';
import { HOME_TENANT } from '../permissions.js';
import { forbidden } from '../refuse.js';
import { readId, readRole, readSubject, toKeyId } from '../token-claims.js';
import type { OidcSettings } from './oidc-settings.js';

/** Somebody of whom a provider of identities spoke. */
export interface Person {
  /** Names issuer and subject; in the place of a key's id. */
  readonly keyId: string;
  readonly issuer: string;
  readonly subject: string;
  /** By whom and by what rules it was said, as `originOf` has it. */
  readonly origin: string;
  readonly tenant: string;
  readonly team?: string;
  /** Absent: no claim names one. It is then the role of the user whom this issuer calls so. */
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
    issuer: settings.issuer,
    subject,
    origin: originOf(settings),
    tenant: tenant ?? HOME_TENANT,
    ...(team !== undefined && { team }),
    ...(role !== undefined && { role }),
  };
}

/** A provider, and what its claims stand for: whom it spoke of under other rules may be somebody else under these. */
export function originOf(settings: OidcSettings): string {
  const { issuer, clientId, tenantClaim, teamClaim, roleClaim, roles } = settings;
  const rules = JSON.stringify([issuer, clientId, tenantClaim, teamClaim, roleClaim, roles]);
  return createHash('sha256').update(rules).digest('base64url');
}

/** For somebody whom a provider knows and this gateway does not. */
export function unmapped(): GatewayError {
  return forbidden('Your account has no role here. Ask who runs this gateway.');
}

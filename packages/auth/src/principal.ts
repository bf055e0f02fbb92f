import type { KeyRecord, LimitRules, Principal, Role } from '@sluice/contract';
import type { Owners } from './owners.js';
import { HOME_TENANT, withinBound } from './permissions.js';
import type { TokenClaims } from './token-claims.js';
import { invalidToken } from './token-form.js';

export type LimitProfiles = Readonly<Record<string, LimitRules>>;

/** Who the admin key speaks for, and the CLI: everything of everybody, every model, no limits. */
export const ADMIN: Principal = Object.freeze({
  kind: 'admin',
  role: 'owner',
  keyId: 'admin',
  keyName: 'admin',
  tenant: HOME_TENANT,
  limits: Object.freeze({}),
});

/** Who a key speaks for. Frozen: one principal serves all requests of its key. `bound` is the role of its user. */
export function toPrincipal(record: KeyRecord, profiles: LimitProfiles, bound?: Role): Principal {
  const { id, name, tenant, team, user, models, routes, tools, ips } = record;
  return Object.freeze({
    kind: 'key',
    // What became of the user since counts.
    ...withinBound(record.role, bound),
    keyId: id,
    keyName: name,
    tenant,
    ...(team !== undefined && { team }),
    ...(user !== undefined && { user }),
    ...(models && { models: Object.freeze([...models]) }),
    ...(routes && { routes: Object.freeze([...routes]) }),
    ...(tools && { tools: Object.freeze([...tools]) }),
    ...(ips && { ips: Object.freeze([...ips]) }),
    limits: Object.freeze({ ...chooseLimits(record, profiles) }),
    ...(record.budget !== undefined && { budget: record.budget }),
  });
}

/**
 * Who a verified token speaks for: under the default profile, with no row of its own, and with no more rights than its user
 * has, if there is one. A team that the organisation does not have is none. Throws `invalid_token` where the organisation, the team or the user is disabled.
 */
export function toTokenPrincipal(claims: TokenClaims, owners: Owners | undefined, profiles: LimitProfiles): Principal {
  const { keyId, issuer, subject, tenant } = claims;
  const user = owners?.userOf(tenant, subject, issuer);
  const named = claims.team !== undefined && owners?.hasTeam(tenant, claims.team) ? claims.team : undefined;
  const team = named ?? user?.team;
  const belonging = { tenant, ...(team !== undefined && { team }), ...(user && { user: user.id }) };
  if (owners?.areDisabled(belonging)) throw invalidToken();
  const limits = Object.freeze({ ...chooseLimits({}, profiles) });
  const role = withinBound(claims.role, user?.role);
  return Object.freeze({ kind: 'token', ...role, keyId, keyName: subject, ...belonging, limits });
}

const NOTHING_ALLOWED: LimitRules = { requestsPerMinute: 0 };

/** The key's own limits, else its profile's, else those of the profile `default`: whole sets, never mixed. */
function chooseLimits(
  { limits, profile = 'default' }: Pick<KeyRecord, 'limits' | 'profile'>,
  profiles: LimitProfiles,
): LimitRules {
  if (limits) return limits;
  if (Object.hasOwn(profiles, profile)) return profiles[profile] ?? {};
  // A profile that the operator removed must not lift the limits of its keys.
  return profile === 'default' ? {} : NOTHING_ALLOWED;
}

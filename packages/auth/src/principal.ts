import type { KeyRecord, LimitRules, Principal, Role } from '@sluice/contract';
import { HOME_TENANT, isWithin } from './permissions.js';

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
export function toPrincipal(record: KeyRecord, profiles: LimitProfiles, bound: Role = record.role): Principal {
  const { id, name, tenant, team, user, role, models, routes, tools, ips } = record;
  return Object.freeze({
    kind: 'key',
    // What became of the user since counts.
    role: isWithin(role, bound) ? role : bound,
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
  });
}

const NOTHING_ALLOWED: LimitRules = { requestsPerMinute: 0 };

/** The key's own limits, else its profile's, else those of the profile `default`: whole sets, never mixed. */
export function chooseLimits(
  { limits, profile = 'default' }: Pick<KeyRecord, 'limits' | 'profile'>,
  profiles: LimitProfiles,
): LimitRules {
  if (limits) return limits;
  if (Object.hasOwn(profiles, profile)) return profiles[profile] ?? {};
  // A profile that the operator removed must not lift the limits of its keys.
  return profile === 'default' ? {} : NOTHING_ALLOWED;
}

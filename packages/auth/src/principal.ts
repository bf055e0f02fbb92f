import type { KeyRecord, LimitRules, Principal } from '@sluice/contract';

/** The tenant of every caller as long as keys belong to nobody else. */
const DEFAULT_TENANT = 'default';

export type LimitProfiles = Readonly<Record<string, LimitRules>>;

/** Who the admin key speaks for: every model, no limits. */
export const ADMIN: Principal = Object.freeze({
  kind: 'admin',
  keyId: 'admin',
  keyName: 'admin',
  tenant: DEFAULT_TENANT,
  limits: Object.freeze({}),
});

/** Who a key speaks for. Frozen: one principal serves all requests of its key. */
export function toPrincipal(record: KeyRecord, profiles: LimitProfiles): Principal {
  return Object.freeze({
    kind: 'key',
    keyId: record.id,
    keyName: record.name,
    tenant: DEFAULT_TENANT,
    ...(record.models && { models: Object.freeze([...record.models]) }),
    limits: Object.freeze({ ...chooseLimits(record, profiles) }),
  });
}

const NOTHING_ALLOWED: LimitRules = { requestsPerMinute: 0 };

/** The key's own limits, else its profile's, else those of the profile `default`: whole sets, never mixed. */
function chooseLimits({ limits, profile = 'default' }: KeyRecord, profiles: LimitProfiles): LimitRules {
  if (limits) return limits;
  if (Object.hasOwn(profiles, profile)) return profiles[profile] ?? {};
  // A profile that the operator removed must not lift the limits of its keys.
  return profile === 'default' ? {} : NOTHING_ALLOWED;
}

import { createSecretKey, randomBytes } from 'node:crypto';
import type { Clock, KeyRecord, KeyRepository, Principal, TenancyRepository } from '@sluice/contract';
import { createKey, hashKey, lastCharacters } from './api-key.js';
import type { RandomBytes } from './api-key.js';
import { defined } from './defined.js';
import { assertRights } from './key-rights.js';
import type { CreateKeyInput } from './key-schemas.js';
import { isWithin, sees, visibleTenant } from './permissions.js';
import type { LimitProfiles } from './principal.js';
import { createReferences } from './references.js';
import { forbidden, invalid } from './refuse.js';

/** 12 bytes are the 16 characters after `key_`. */
const ID_BYTES = 12;

export interface KeyAdminDeps {
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  /** The same secret as the authenticator's. */
  readonly pepper: string;
  /** What new keys begin with. */
  readonly prefix: string;
  /** `limits.profiles` of the operator's file: a key may name no other. Absent: none. */
  readonly profiles?: LimitProfiles;
  readonly clock: Clock;
  /** Runs after every change, for example to refresh the authenticator of this process. */
  readonly onChange?: () => void;
  /** Default `crypto.randomBytes`. */
  readonly random?: RandomBytes;
}

export interface CreatedKey {
  readonly record: KeyRecord;
  /** The key itself, to be shown once: it is stored nowhere. */
  readonly key: string;
}

/** What is done in the name of `by`, who has the permission. Keys of organisations that it does not see do not exist. */
export interface KeyAdmin {
  /**
   * Makes a key from input that passed `createKeyInput`. Throws `invalid_value` for whom or what does not exist and for a
   * time in the past, and a 403 for a key that could do more than `by` itself.
   */
  create(input: CreateKeyInput, by: Principal): CreatedKey;
  /** All keys, the oldest first, revoked ones too. */
  list(by: Principal): readonly KeyRecord[];
  /** Ends a key for good. False when there is no such key; a second call changes nothing. */
  revoke(id: string, by: Principal): boolean;
}

/** Makes, lists and revokes keys, for the admin API and the CLI. Every method throws what the repository throws. */
export function createKeyAdmin(deps: KeyAdminDeps): KeyAdmin {
  const { keys, tenancy, prefix, clock, onChange = () => undefined, random = randomBytes } = deps;
  const pepper = createSecretKey(deps.pepper, 'utf8');
  const references = createReferences(tenancy);
  return {
    create({ org, team, user, role = 'caller', expiresAt, ...settings }, by) {
      assertProfile(settings.profile, deps.profiles ?? {});
      const place = references.place(defined({ org, team, user }), by);
      assertRights({ ...settings, role }, by);
      const bound = user === undefined ? undefined : tenancy.users.find(user)?.role;
      if (bound && !isWithin(role, bound)) throw forbidden(`The role "${role}" is above that of the user.`, 'role');
      const { org: tenant, ...owner } = place;
      const key = createKey(prefix, random);
      const record: KeyRecord = {
        id: `key_${random(ID_BYTES).toString('base64url')}`,
        hash: hashKey(key, pepper),
        last4: lastCharacters(key),
        tenant,
        ...owner,
        role,
        ...settings,
        ...toTimes(expiresAt, clock.now()),
      };
      keys.insert(record);
      onChange();
      return { record, key };
    },
    list: (by) => keys.list(visibleTenant(by)),
    revoke(id, by) {
      const record = keys.find(id);
      if (!record || !sees(by, record.tenant)) return false;
      assertRights({ role: record.role }, withoutLists(by));
      const found = keys.revoke(id, clock.now());
      if (found) onChange();
      return found;
    },
  };
}

/** For what takes rights away: only a role above the own one is in the way. */
function withoutLists({ models: _m, routes: _r, tools: _t, ips: _i, ...by }: Principal): Principal {
  return by;
}

function assertProfile(profile: string | undefined, profiles: LimitProfiles): void {
  if (profile === undefined || Object.hasOwn(profiles, profile)) return;
  throw invalid('profile', `There is no profile ${JSON.stringify(profile)} under limits.profiles.`);
}

function toTimes(expiresAt: string | undefined, nowMs: number): Pick<KeyRecord, 'createdAtMs' | 'expiresAtMs'> {
  if (expiresAt === undefined) return { createdAtMs: nowMs };
  const expiresAtMs = Date.parse(expiresAt);
  if (expiresAtMs > nowMs) return { createdAtMs: nowMs, expiresAtMs };
  throw invalid('expiresAt', `expiresAt must lie in the future; it is ${expiresAt}.`);
}

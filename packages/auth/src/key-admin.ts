import { createSecretKey, randomBytes } from 'node:crypto';
import type { Clock, KeyRecord, KeyRepository, Principal, TenancyRepository } from '@sluice/contract';
import { createKey, hashKey, lastCharacters } from './api-key.js';
import type { RandomBytes } from './api-key.js';
import { defined } from './defined.js';
import { toIso } from './fields.js';
import { assertRights } from './key-rights.js';
import type { CreateKeyInput, RotateKeyInput } from './key-schemas.js';
import { isWithin, mayGrant, sees, visibleTenant } from './permissions.js';
import type { LimitProfiles } from './principal.js';
import { createReferences } from './references.js';
import { forbidden, invalid } from './refuse.js';

/** 12 bytes are the 16 characters after `key_`. */
const ID_BYTES = 12;
/** Earlier secrets of a key that work at the same time: enough to rotate every few hours with a day's grace. */
const MAX_RETIRING = 10;

export interface KeyAdminDeps {
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  /** The same secret as the authenticator's. */
  readonly pepper: string;
  /** What new keys begin with. */
  readonly prefix: string;
  /** `limits.profiles` of the operator's file: a key may name no other. Absent: none. */
  readonly profiles?: LimitProfiles;
  /** Whether there is a budget of that name. Absent: there is none. */
  readonly hasBudget?: (name: string) => boolean;
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
  /** Nothing where there is no such key. */
  find(id: string, by: Principal): KeyRecord | undefined;
  /** Ends a key for good. False when there is no such key; a second call changes nothing. */
  revoke(id: string, by: Principal): boolean;
  /**
   * Gives a key another secret; those that it has go on for as long as `grace` says, and no longer. Nothing when there is
   * no such key that still works. Throws a 403 for a key that may do more than `by` itself, and `invalid_value` where too
   * many earlier secrets would work at once; a `grace` of 0 ends them all, and is always taken.
   */
  rotate(id: string, input: RotateKeyInput, by: Principal): CreatedKey | undefined;
}

/** Makes, lists, rotates and revokes keys, for the admin API and the CLI. Every method throws what the repository throws. */
export function createKeyAdmin(deps: KeyAdminDeps): KeyAdmin {
  const { keys, clock, onChange = () => undefined } = deps;
  const newSecret = createSecrets(deps);
  const toRecord = createRecords(deps);
  const find: KeyAdmin['find'] = (id, by) => {
    const record = keys.find(id);
    return record && sees(by, record.tenant) ? record : undefined;
  };
  return {
    find,
    create(input, by) {
      const { key, ...secret } = newSecret();
      const record = { ...toRecord(input, by), ...secret };
      keys.insert(record);
      onChange();
      return { record, key };
    },
    list: (by) => keys.list(visibleTenant(by)),
    rotate(id, { grace }, by) {
      const found = find(id, by);
      if (!found) return undefined;
      // Whoever has the secret has all that the key may.
      assertRights(found, by);
      const atMs = clock.now();
      assertFewRetiring(found, grace, atMs);
      const { key, ...secret } = newSecret();
      if (!keys.rotate(id, { ...secret, atMs, oldUntilMs: atMs + grace })) return undefined;
      onChange();
      const record = keys.find(id);
      return record && { record, key };
    },
    revoke(id, by) {
      const record = find(id, by);
      if (!record) return false;
      // Only a role above the own one is in the way of what takes rights away.
      if (!mayGrant(by, record.role)) throw forbidden(`The role "${record.role}" is above your own.`, 'role');
      const found = keys.revoke(id, clock.now());
      if (found) onChange();
      return found;
    },
  };
}

/** The one in use joins those that still work, unless it ends at once, and they with it. */
function assertFewRetiring({ retiring = [], revokedAtMs }: KeyRecord, grace: number, nowMs: number): void {
  if (grace === 0 || revokedAtMs !== undefined) return;
  const working = retiring.filter(({ untilMs }) => untilMs > nowMs);
  if (working.length < MAX_RETIRING) return;
  const first = toIso(Math.min(...working.map(({ untilMs }) => untilMs)));
  const message = `${working.length} earlier secrets of the key still work, the most there may be: the first ends at ${first}. Wait until then, or rotate with a grace of 0s, which ends them all at once.`;
  throw invalid('grace', message);
}

type Secret = Pick<KeyRecord, 'hash' | 'last4'> & { readonly key: string };

function createSecrets({ pepper, prefix, random = randomBytes }: KeyAdminDeps): () => Secret {
  const secretKey = createSecretKey(pepper, 'utf8');
  return () => {
    const key = createKey(prefix, random);
    return { key, hash: hashKey(key, secretKey), last4: lastCharacters(key) };
  };
}

type Unkeyed = Omit<KeyRecord, 'hash' | 'last4'>;

/** What a key is to be, all but its secret. */
function createRecords({ tenancy, profiles = {}, hasBudget, clock, random = randomBytes }: KeyAdminDeps) {
  const references = createReferences(tenancy);
  return (input: CreateKeyInput, by: Principal): Unkeyed => {
    const { org, team, user, role = 'caller', expiresAt, ...settings } = input;
    assertProfile(settings.profile, profiles);
    assertBudget(settings.budget, hasBudget);
    const { org: tenant, ...owner } = references.place(defined({ org, team, user }), by);
    assertRights({ ...settings, role }, by);
    const bound = user === undefined ? undefined : tenancy.users.find(user)?.role;
    if (bound && !isWithin(role, bound)) throw forbidden(`The role "${role}" is above that of the user.`, 'role');
    const id = `key_${random(ID_BYTES).toString('base64url')}`;
    return { id, tenant, ...owner, role, ...settings, ...toTimes(expiresAt, clock.now()) };
  };
}

function assertProfile(profile: string | undefined, profiles: LimitProfiles): void {
  if (profile === undefined || Object.hasOwn(profiles, profile)) return;
  throw invalid('profile', `There is no profile ${JSON.stringify(profile)} under limits.profiles.`);
}

function assertBudget(budget: CreateKeyInput['budget'], hasBudget: KeyAdminDeps['hasBudget']): void {
  if (typeof budget !== 'string' || hasBudget?.(budget)) return;
  throw invalid('budget', `There is no budget ${JSON.stringify(budget)}.`);
}

function toTimes(expiresAt: string | undefined, nowMs: number): Pick<KeyRecord, 'createdAtMs' | 'expiresAtMs'> {
  if (expiresAt === undefined) return { createdAtMs: nowMs };
  const expiresAtMs = Date.parse(expiresAt);
  if (expiresAtMs > nowMs) return { createdAtMs: nowMs, expiresAtMs };
  throw invalid('expiresAt', `expiresAt must lie in the future; it is ${expiresAt}.`);
}

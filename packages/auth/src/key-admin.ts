import { createSecretKey, randomBytes } from 'node:crypto';
import { gatewayError } from '@sluice/contract';
import type { Clock, KeyRecord, KeyRepository } from '@sluice/contract';
import { createKey, hashKey, lastCharacters } from './api-key.js';
import type { RandomBytes } from './api-key.js';
import type { CreateKeyInput } from './key-schemas.js';
import type { LimitProfiles } from './principal.js';

/** 12 bytes are the 16 characters after `key_`. */
const ID_BYTES = 12;

export interface KeyAdminDeps {
  readonly keys: KeyRepository;
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

export interface KeyAdmin {
  /** Makes a key from input that passed `createKeyInput`. Throws `invalid_value` for a profile that does not exist or a time in the past. */
  create(input: CreateKeyInput): CreatedKey;
  /** All keys, the oldest first, revoked ones too. */
  list(): readonly KeyRecord[];
  /** Ends a key for good. False when there is no such key; a second call changes nothing. */
  revoke(id: string): boolean;
}

/** Makes, lists and revokes keys, for the admin API and the CLI. Every method throws what the repository throws. */
export function createKeyAdmin(deps: KeyAdminDeps): KeyAdmin {
  const { keys, prefix, clock, onChange = () => undefined, random = randomBytes } = deps;
  const pepper = createSecretKey(deps.pepper, 'utf8');
  return {
    create(input) {
      assertProfile(input, deps.profiles ?? {});
      const key = createKey(prefix, random);
      const record: KeyRecord = {
        id: `key_${random(ID_BYTES).toString('base64url')}`,
        hash: hashKey(key, pepper),
        last4: lastCharacters(key),
        ...toSettings(input, clock.now()),
      };
      keys.insert(record);
      onChange();
      return { record, key };
    },
    list: () => keys.list(),
    revoke(id) {
      const found = keys.revoke(id, clock.now());
      if (found) onChange();
      return found;
    },
  };
}

function assertProfile({ profile }: CreateKeyInput, profiles: LimitProfiles): void {
  if (profile === undefined || Object.hasOwn(profiles, profile)) return;
  throw gatewayError('invalid_value', {
    message: `There is no profile ${JSON.stringify(profile)} under limits.profiles.`,
    details: { param: 'profile' },
  });
}

function toSettings(
  { expiresAt, ...settings }: CreateKeyInput,
  nowMs: number,
): Omit<KeyRecord, 'id' | 'hash' | 'last4'> {
  if (expiresAt === undefined) return { ...settings, createdAtMs: nowMs };
  const expiresAtMs = Date.parse(expiresAt);
  if (expiresAtMs > nowMs) return { ...settings, createdAtMs: nowMs, expiresAtMs };
  throw gatewayError('invalid_value', {
    message: `expiresAt must lie in the future; it is ${expiresAt}.`,
    details: { param: 'expiresAt' },
  });
}

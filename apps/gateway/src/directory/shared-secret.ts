import { randomBytes, scryptSync } from 'node:crypto';
import type { SharedSecret } from '@sluice/store-postgres';
import { createSealer, derivePurposeKey } from '@sluice/toolkit';

const PURPOSE = 'shared-secret';
const SALT_BYTES = 16;
const ROOT_BYTES = 32;

/** By what machines know that they have the same secret; it says nothing of the secret. */
export function markOf(secret: string): string {
  return derivePurposeKey(secret, 'shared-secret-mark').toString('base64url');
}

/** What a machine has to agree with others. */
export interface OwnSecrets {
  /** Any of these may be the one that the machines share; the first founds a database that nobody has used. */
  readonly own: readonly [string, ...string[]];
  /** The admin key where it was given, and so is the same on every machine. */
  readonly adminKey: string | undefined;
}

/** What the machines share, and what the database is to know of it from now on; nothing where it knows already. */
export interface Agreed {
  readonly secret: string;
  readonly next?: SharedSecret;
}

/**
 * The secret that makes keys in a shared database of any use. The first machine brings its own; the others have it from its
 * secrets file, or open what that machine has sealed under the admin key. Throws where there is neither.
 */
export function agree(kept: SharedSecret | undefined, { own, adminKey }: OwnSecrets): Agreed {
  const [first] = own;
  if (!kept) return { secret: first, next: toShared(first, adminKey) };
  const same = own.find((secret) => markOf(secret) === kept.mark);
  const opened = adminKey === undefined || kept.sealed === undefined ? undefined : open(kept.sealed, adminKey);
  if (same !== undefined) {
    // Sealed anew for machines that come with an admin key that it was not sealed under.
    return adminKey === undefined || opened === same
      ? { secret: same }
      : { secret: same, next: toShared(same, adminKey) };
  }
  if (opened !== undefined && markOf(opened) === kept.mark) return { secret: opened };
  throw new Error(REFUSAL);
}

const REFUSAL =
  'The database of DATABASE_URL was made with the secret of another machine. Give all machines the same SLUICE_ADMIN_KEY, ' +
  'or put the secrets.json of the machine that first used it into this data directory.';

function toShared(secret: string, adminKey: string | undefined): SharedSecret {
  const mark = markOf(secret);
  if (adminKey === undefined) return { mark };
  const salt = randomBytes(SALT_BYTES).toString('base64url');
  return { mark, sealed: `${salt}.${sealerOf(adminKey, salt).seal(secret, PURPOSE)}` };
}

function open(sealed: string, adminKey: string): string | undefined {
  const end = sealed.indexOf('.');
  return sealerOf(adminKey, sealed.slice(0, end)).open(sealed.slice(end + 1), PURPOSE);
}

/** An admin key was chosen by somebody: whoever has the database alone is to pay for every guess at it. */
function sealerOf(adminKey: string, salt: string) {
  const root = scryptSync(adminKey, salt, ROOT_BYTES).toString('base64url');
  return createSealer({ root, purpose: PURPOSE, random: randomBytes });
}

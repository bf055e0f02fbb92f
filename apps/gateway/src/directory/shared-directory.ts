import { join } from 'node:path';
import { isGatewayError } from '@sluice/contract';
import { agreeOnSecret, createPostgresDirectory, openPostgres } from '@sluice/store-postgres';
import type { Postgres, PostgresDirectory } from '@sluice/store-postgres';
import { openSqliteDirectoryCopy } from '@sluice/store-sqlite';
import type { DataDir } from '../data-dir.js';
import { systemClock } from '../system-clock.js';
import { ownContents, strangersOf } from './own-contents.js';
import { agree, markOf } from './shared-secret.js';

export interface SharedDirectoryOptions {
  readonly databaseUrl: string;
  readonly dataDir: DataDir;
  /** `SLUICE_ADMIN_KEY`, which machines have in common. */
  readonly adminKey: string | undefined;
  /** Whether this machine's copy will do where the database is away. */
  readonly mayServeCopy: boolean;
}

/** What machines share in one database. */
export interface SharedDirectory extends PostgresDirectory {
  readonly database: Postgres;
  /** In place of the data directory's: what hashes keys, seals and signs. */
  readonly secret: string;
  /** What the data directory had of its own came into the database with it: it was the first. */
  readonly isFounder: boolean;
  /** How many keys of the data directory's own database are not in this one, and so open nothing. */
  readonly strangers: number;
}

/**
 * Opens the directory of all machines. Throws one plain error where the database was made with another secret, and
 * `storage_unavailable` where it cannot be had and there is no copy to serve from. The caller closes it.
 */
export async function openSharedDirectory(options: SharedDirectoryOptions): Promise<SharedDirectory> {
  const { databaseUrl, dataDir } = options;
  const database = openPostgres({ url: databaseUrl, clock: systemClock });
  const lookout = openPostgres({ url: databaseUrl, clock: systemClock, maxConnections: 1 });
  const copy = openSqliteDirectoryCopy({ path: join(dataDir.path, 'directory.db') });
  let directory: PostgresDirectory | undefined;
  const close = async (): Promise<void> => {
    await directory?.close();
    await Promise.all([database.close(), lookout.close()]);
    copy.close();
  };
  try {
    const { secret, isFounder, isAway } = await agreeOrRemember(database, options);
    directory = createPostgresDirectory({ database, lookout, copy, clock: systemClock, secretMark: markOf(secret) });
    // What it throws, where the copy is too old to be served from, says why it is away.
    if (!isAway || !directory.isServable()) await refreshOrServe(directory, options);
    const strangers = isFounder ? 0 : strangersOf(dataDir, directory);
    return { ...directory, database, secret, isFounder, strangers, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

interface Joined {
  readonly secret: string;
  readonly isFounder: boolean;
  /** The secret is what this machine remembers of it. */
  readonly isAway?: boolean;
}

async function agreeOrRemember(database: Postgres, options: SharedDirectoryOptions): Promise<Joined> {
  const { dataDir, mayServeCopy } = options;
  try {
    const joined = await agreeNow(database, options);
    if (joined.secret !== dataDir.sharedSecret) dataDir.saveSharedSecret(joined.secret);
    return joined;
  } catch (cause) {
    const remembered = dataDir.sharedSecret;
    if (!mayServeCopy || remembered === undefined || !isGatewayError(cause, 'storage_unavailable')) throw cause;
    return { secret: remembered, isFounder: false, isAway: true };
  }
}

async function agreeNow(database: Postgres, { dataDir, adminKey }: SharedDirectoryOptions): Promise<Joined> {
  const { keyPepper, sharedSecret = keyPepper } = dataDir;
  let secret = keyPepper;
  const isFounder = await agreeOnSecret(database, {
    agree(kept) {
      // Its own secret founds a database, for the keys that it brings are hashed with that.
      const agreed = agree(kept, { own: [keyPepper, sharedSecret], adminKey });
      ({ secret } = agreed);
      return agreed.next;
    },
    contents: () => ownContents(dataDir),
  });
  return { secret, isFounder };
}

async function refreshOrServe(directory: PostgresDirectory, { mayServeCopy }: SharedDirectoryOptions): Promise<void> {
  try {
    await directory.refresh();
  } catch (cause) {
    if (!mayServeCopy || !directory.isServable()) throw cause;
  }
}

import { resolve } from 'node:path';
import type { Directory } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import type { EnvironmentSettings } from '../config/environment.js';
import { openDataDir } from '../data-dir.js';
import { openSharedDirectory } from './shared-directory.js';

export interface DirectoryPlace {
  readonly environment: Pick<EnvironmentSettings, 'dataDir' | 'databaseUrl' | 'adminKey'>;
  readonly cwd: string;
}

/** A directory that a command works on, whether or not a gateway runs. */
export interface CommandDirectory extends Directory {
  /** What hashes its keys and signs its log. */
  readonly secret: string;
}

/** Opens the directory of `DATABASE_URL`, else that of the data directory, for as long as `use` takes. */
export async function withDirectory<T>(
  { environment, cwd }: DirectoryPlace,
  use: (directory: CommandDirectory) => Promise<T>,
): Promise<T> {
  const { databaseUrl, adminKey } = environment;
  const dataDir = openDataDir(resolve(cwd, environment.dataDir));
  if (databaseUrl !== undefined) {
    const shared = await openSharedDirectory({ databaseUrl, dataDir, adminKey, mayServeCopy: false });
    return use(shared).finally(() => shared.close());
  }
  const store = openSqliteStore({ path: dataDir.databasePath });
  return use({ ...store, secret: dataDir.keyPepper }).finally(() => store.close());
}

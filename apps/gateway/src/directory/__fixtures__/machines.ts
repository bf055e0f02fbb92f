import { join } from 'node:path';
import type { Clock } from '@sluice/contract';
import { agreeOnSecret, createPostgresDirectory, openPostgres } from '@sluice/store-postgres';
import type { Postgres, PostgresDirectory } from '@sluice/store-postgres';
import { openSqliteDirectoryCopy } from '@sluice/store-sqlite';
import { temporaryDir } from '../../__fixtures__/temporary-dir.js';
import { systemClock } from '../../system-clock.js';

export interface MachineOptions {
  /** Of the copy. Default: a new one. */
  readonly path?: string;
  readonly secretMark?: string;
  /** Tells how old the copy is. */
  readonly clock?: Clock;
  /** What looks for changes in place of the database. */
  readonly through?: (database: Postgres) => Postgres;
}

/** The directory of a database as one more machine has it, up to date. Closed by `close`. */
export async function openMachine(url: string, options: MachineOptions = {}): Promise<PostgresDirectory> {
  const { path = join(temporaryDir(), 'directory.db'), secretMark = 'mark', clock = systemClock } = options;
  const { through = (direct) => direct } = options;
  const database = openPostgres({ url, clock: systemClock });
  const lookout = openPostgres({ url, clock: systemClock, maxConnections: 1 });
  const copy = openSqliteDirectoryCopy({ path });
  await agreeOnSecret(database, {
    agree: (kept) => (kept ? undefined : { mark: secretMark }),
    contents: () => Promise.resolve({ records: [], audit: { head: undefined, rows: [] } }),
  });
  const directory = createPostgresDirectory({ database, lookout: through(lookout), copy, clock, secretMark });
  await directory.refresh();
  directory.watch(() => undefined);
  return {
    ...directory,
    async close() {
      await directory.close();
      await Promise.all([database.close(), lookout.close()]);
      copy.close();
    },
  };
}

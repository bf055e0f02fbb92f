import { join } from 'node:path';
import { agreeOnSecret, createPostgresDirectory, openPostgres } from '@sluice/store-postgres';
import type { PostgresDirectory } from '@sluice/store-postgres';
import { openSqliteDirectoryCopy } from '@sluice/store-sqlite';
import { temporaryDir } from '../../__fixtures__/temporary-dir.js';
import { systemClock } from '../../system-clock.js';

const SECRET_MARK = 'mark';

/** The directory of a database as one more machine has it, with a copy of its own. Closed by `close`. */
export async function openMachine(url: string, path = join(temporaryDir(), 'directory.db')): Promise<PostgresDirectory> {
  const database = openPostgres({ url, clock: systemClock });
  const copy = openSqliteDirectoryCopy({ path });
  await agreeOnSecret(database, {
    agree: (kept) => (kept ? undefined : { mark: SECRET_MARK }),
    contents: () => Promise.resolve({ records: [], audit: { head: undefined, rows: [] } }),
  });
  const directory = createPostgresDirectory({ database, copy, clock: systemClock, secretMark: SECRET_MARK });
  await directory.refresh();
  directory.watch(() => undefined);
  return {
    ...directory,
    async close() {
      await directory.close();
      await database.close();
      copy.close();
    },
  };
}

import { join } from 'node:path';
import { agreeOnSecret, createPostgresDirectory, openPostgres } from '@sluice/store-postgres';
import type { PostgresDirectory } from '@sluice/store-postgres';
import { openSqliteDirectoryCopy } from '@sluice/store-sqlite';
import { temporaryDir } from '../../__fixtures__/temporary-dir.js';
import { systemClock } from '../../system-clock.js';

/** The directory of a database as one more machine has it, with a copy of its own. Closed by `close`. */
export async function openMachine(
  url: string,
  path = join(temporaryDir(), 'directory.db'),
  secretMark = 'mark',
): Promise<PostgresDirectory> {
  const database = openPostgres({ url, clock: systemClock });
  const copy = openSqliteDirectoryCopy({ path });
  await agreeOnSecret(database, {
    agree: (kept) => (kept ? undefined : { mark: secretMark }),
    contents: () => Promise.resolve({ records: [], audit: { head: undefined, rows: [] } }),
  });
  const directory = createPostgresDirectory({ database, copy, clock: systemClock, secretMark });
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

import { directorySuite } from '@sluice/testkit';
import { temporaryPath } from './__fixtures__/temporary-store.js';
import { openSqliteStore } from './index.js';

directorySuite('SQLite', async () => {
  const path = temporaryPath();
  const stores = [openSqliteStore({ path })];
  const [directory] = stores;
  if (!directory) throw new Error('There is a store.');
  return {
    directory,
    async another() {
      const opened = openSqliteStore({ path });
      stores.push(opened);
      return opened;
    },
    dispose: () => stores.forEach((store) => store.close()),
  };
});

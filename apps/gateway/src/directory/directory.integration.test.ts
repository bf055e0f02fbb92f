import { describeWithPostgres, directorySuite } from '@sluice/testkit';
import { openMachine } from './__fixtures__/machines.js';

describeWithPostgres('PostgreSQL', (postgres) => {
  directorySuite('PostgreSQL, each machine with a copy in SQLite,', async () => {
    const url = await postgres.server.createDatabase();
    const directory = await openMachine(url);
    const machines = [directory];
    return {
      directory,
      async another() {
        const machine = await openMachine(url);
        machines.push(machine);
        return machine;
      },
      async dispose() {
        await Promise.all(machines.map((machine) => machine.close()));
      },
    };
  });
});

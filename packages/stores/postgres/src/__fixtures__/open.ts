import { createManualClock } from '@sluice/testkit';
import type { PostgresServer } from '@sluice/testkit';
import { onTestFinished } from 'vitest';
import { openPostgres } from '../index.js';
import type { Postgres, PostgresOptions } from '../index.js';

/** A database of the server's, opened until the test is over. */
export async function openDatabase(server: PostgresServer, options: Partial<PostgresOptions> = {}): Promise<Postgres> {
  const url = options.url ?? (await server.createDatabase());
  const database = openPostgres({ clock: createManualClock(), ...options, url });
  onTestFinished(() => database.close());
  return database;
}

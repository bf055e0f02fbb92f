export { openPostgres } from './connection.js';
export type { Postgres, PostgresOptions, Sql } from './connection.js';

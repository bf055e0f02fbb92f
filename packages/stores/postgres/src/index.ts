export { createLedgerArchive } from './archive.js';
export { isRefusedByPostgres } from './failure.js';
export { openPostgres } from './connection.js';
export { isPostgresUrl } from './parse-url.js';
export { createPostgresDirectory } from './directory/directory.js';
export { agreeOnSecret } from './directory/secret.js';
export type { Postgres, PostgresOptions, Sql } from './connection.js';
export type { OnReachable, PostgresDirectory, PostgresDirectoryOptions } from './directory/directory.js';
export type { Agreement, DirectoryContents, SharedSecret } from './directory/secret.js';

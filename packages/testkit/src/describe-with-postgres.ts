import { describeWithServer } from './describe-with-server.js';
import { postgresMissing, startPostgres } from './postgres-server.js';
import type { PostgresServer } from './postgres-server.js';

/** The tests of `body` with a PostgreSQL server of their own; skipped, with the reason in the title, where there can be none. */
export function describeWithPostgres(
  title: string,
  body: (postgres: { readonly server: PostgresServer }) => void,
): void {
  describeWithServer(title, { missing: postgresMissing, start: () => startPostgres() }, body);
}

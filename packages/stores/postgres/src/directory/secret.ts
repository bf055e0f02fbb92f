import type { AuditHead, AuditRow, DirectoryChange } from '@sluice/contract';
import type { Postgres, Sql } from '../connection.js';
import { insert, markEnd } from './audit-table.js';
import { writeChanges } from './tables.js';

/** What a database knows of the secret that machines share, which is what makes the keys in it of any use. */
export interface SharedSecret {
  /** By what a machine knows that its secret is the same one. */
  readonly mark: string;
  /** The secret for machines that can open it; absent where there are none. */
  readonly sealed?: string;
}

/** What a directory begins with. */
export interface DirectoryContents {
  readonly records: readonly DirectoryChange[];
  readonly audit: { readonly head: AuditHead | undefined; readonly rows: readonly AuditRow[] };
}

export interface Agreement {
  /** Says what the database is to know from now on; nothing to leave it. Given nothing where no machine was here before. Throws to refuse. */
  agree(kept: SharedSecret | undefined): SharedSecret | undefined;
  /** Asked of the first machine. */
  contents(): Promise<DirectoryContents>;
}

interface SecretColumns {
  readonly mark: string | null;
  readonly sealed: string | null;
}

/** Agrees with the other machines on a secret, one machine at a time; the first brings what it has with it. True for that one. */
export function agreeOnSecret(database: Postgres, { agree, contents }: Agreement): Promise<boolean> {
  return database.transaction(async (sql) => {
    const [row] = await sql.query<SecretColumns>(
      'SELECT secret_mark AS mark, sealed_secret AS sealed FROM sluice.directory FOR UPDATE',
    );
    const kept = toSharedSecret(row);
    const next = agree(kept);
    if (!next) return false;
    await sql.query('UPDATE sluice.directory SET secret_mark = $1, sealed_secret = $2', [
      next.mark,
      next.sealed ?? null,
    ]);
    if (!kept) await bring(sql, await contents());
    return kept === undefined;
  });
}

async function bring(sql: Sql, { records, audit }: DirectoryContents): Promise<void> {
  // Nobody has a copy of version 0: a database without a secret is copied by none.
  await writeChanges(sql, records, 0);
  if (!audit.head) return;
  for (const row of audit.rows) await insert(sql, row);
  await markEnd(sql, audit.head);
}

function toSharedSecret(row: SecretColumns | undefined): SharedSecret | undefined {
  if (typeof row?.mark !== 'string') return undefined;
  return row.sealed === null ? { mark: row.mark } : { mark: row.mark, sealed: row.sealed };
}

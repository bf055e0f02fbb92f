import type { AuditRow, Directory, DirectoryChange } from '@sluice/contract';
import type { DirectoryContents } from '@sluice/store-postgres';
import { openSqliteStore } from '@sluice/store-sqlite';
import type { DataDir } from '../data-dir.js';

/** All that a data directory has of its own, read now: keys, whom they belong to, settings, and the log of what was done. */
export async function ownContents({ databasePath }: Pick<DataDir, 'databasePath'>): Promise<DirectoryContents> {
  const store = openSqliteStore({ path: databasePath });
  try {
    const head = await store.audit.head();
    const rows: AuditRow[] = [];
    if (head) for await (const row of store.audit.all(head.seq)) rows.push(row);
    return { records: recordsOf(store), audit: { head, rows } };
  } finally {
    store.close();
  }
}

/** How many keys a data directory has of its own, made and not revoked, that are not in a directory. */
export function strangersOf(
  { databasePath }: Pick<DataDir, 'databasePath'>,
  { keys }: Pick<Directory, 'keys'>,
): number {
  const store = openSqliteStore({ path: databasePath });
  try {
    const open = store.keys.list().filter(({ revokedAtMs }) => revokedAtMs === undefined);
    return open.filter(({ id }) => keys.find(id) === undefined).length;
  } finally {
    store.close();
  }
}

function recordsOf({ keys, tenancy: { orgs, teams, users }, settings }: Omit<Directory, 'audit'>): DirectoryChange[] {
  return [
    ...orgs.list().map((record) => ({ of: 'orgs' as const, key: [record.id] as const, record })),
    ...teams.list().map((record) => ({ of: 'teams' as const, key: [record.id] as const, record })),
    ...users.list().map((record) => ({ of: 'users' as const, key: [record.id] as const, record })),
    ...keys.list().map((record) => ({ of: 'keys' as const, key: [record.id] as const, record })),
    ...settings.list().map((record) => ({ of: 'settings' as const, key: [record.kind, record.name] as const, record })),
  ];
}

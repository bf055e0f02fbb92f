import { rmSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerIntent } from '@sluice/contract';
import { SELECT_ROWS, toLedgerRow } from './ledger-row.js';
import type { LedgerColumns } from './ledger-row.js';
import { isOwnerAlive } from './owner-lock.js';
import { ownerLockPath } from './owner.js';
import type { LedgerOwner } from './owner.js';

interface OwnerColumns {
  readonly id: number;
  readonly since: string;
  readonly open: string;
}

export interface OrphanDeps {
  /** Of the database. */
  readonly path: string;
  readonly owner: LedgerOwner;
  /** Another connection to it, which waits for nobody. */
  readonly appending: DatabaseSync;
}

/** Finds the open intents of owners that have ended. An owner that has none left is forgotten. */
export function prepareOrphans(
  database: DatabaseSync,
  { path, owner, appending }: OrphanDeps,
): (limit: number) => readonly LedgerIntent[] {
  const others = database.prepare('SELECT id, since, open FROM ledger_owners WHERE id <> ?');
  const forget = appending.prepare('DELETE FROM ledger_owners WHERE id = ?');
  const open = database.prepare(
    `${SELECT_ROWS} WHERE i.id >= ?2 AND i.owner = ?1 AND s.id IS NULL
     UNION ALL
     ${SELECT_ROWS} WHERE i.id IN (SELECT value FROM json_each(?3)) AND i.id < ?2 AND i.owner = ?1 AND s.id IS NULL
     LIMIT ?4`,
  );
  return (limit) => {
    const found: LedgerIntent[] = [];
    for (const other of others.all(owner.id) as unknown as OwnerColumns[]) {
      const lockPath = ownerLockPath(path, other.id);
      if (found.length >= limit || isOwnerAlive(lockPath)) continue;
      const left = openOf(other, open, limit - found.length);
      found.push(...left);
      if (left.length > 0) continue;
      forget.run(other.id);
      rmSync(lockPath, { force: true });
    }
    return found;
  };
}

function openOf({ id, since, open: listed }: OwnerColumns, open: StatementSync, limit: number): LedgerIntent[] {
  return open.all(id, since, listed, limit).map((columns) => toLedgerRow(columns as unknown as LedgerColumns));
}

import { ADMIN, createKeyAdmin, hashKey } from '@sluice/auth';
import type { KeyRepository, TenancyRepository } from '@sluice/contract';
import type { AuditedChange } from '../audit/audit-log.js';
import { creation } from '../audit/key-changes.js';
import type { DataDir } from '../data-dir.js';
import { systemClock } from '../system-clock.js';

export interface DevelopmentKeyDeps {
  readonly dataDir: DataDir;
  /** What hashes the keys. */
  readonly pepper: string;
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  /** Makes the key together with its row in the audit log. */
  readonly change: <T>(action: string, change: AuditedChange<T>) => Promise<T>;
  /** What new keys begin with. */
  readonly prefix: string;
}

/** The ready key of the start screen: the one that is kept while it still opens the gateway, else a new one. */
export async function ensureDevelopmentKey({
  dataDir,
  pepper,
  keys,
  tenancy,
  prefix,
  change,
}: DevelopmentKeyDeps): Promise<string> {
  const { developmentKey: kept } = dataDir;
  if (kept !== undefined && isActive(kept, pepper, keys)) return kept;
  const admin = createKeyAdmin({ keys, tenancy, pepper, prefix, clock: systemClock });
  const { key } = await change('createKey', creation(admin, { name: 'development' }, ADMIN));
  dataDir.saveDevelopmentKey(key);
  return key;
}

/** False when the key was revoked, or the database is not the one that it was made in. */
function isActive(key: string, pepper: string, keys: KeyRepository): boolean {
  const hash = hashKey(key, pepper);
  return keys.list().some((record) => record.hash === hash && record.revokedAtMs === undefined);
}

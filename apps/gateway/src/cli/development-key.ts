import { ADMIN, createKeyAdmin, hashKey } from '@sluice/auth';
import type { KeyRepository, TenancyRepository } from '@sluice/contract';
import type { DataDir } from '../data-dir.js';
import { systemClock } from '../system-clock.js';

export interface DevelopmentKeyDeps {
  readonly dataDir: DataDir;
  readonly keys: KeyRepository;
  readonly tenancy: TenancyRepository;
  /** What new keys begin with. */
  readonly prefix: string;
}

/** The ready key of the start screen: the one that is kept while it still opens the gateway, else a new one. */
export function ensureDevelopmentKey({ dataDir, keys, tenancy, prefix }: DevelopmentKeyDeps): string {
  const { developmentKey: kept, keyPepper: pepper } = dataDir;
  if (kept !== undefined && isActive(kept, pepper, keys)) return kept;
  const admin = createKeyAdmin({ keys, tenancy, pepper, prefix, clock: systemClock });
  const { key } = admin.create({ name: 'development' }, ADMIN);
  dataDir.saveDevelopmentKey(key);
  return key;
}

/** False when the key was revoked, or the database is not the one that it was made in. */
function isActive(key: string, pepper: string, keys: KeyRepository): boolean {
  const hash = hashKey(key, pepper);
  return keys.list().some((record) => record.hash === hash && record.revokedAtMs === undefined);
}

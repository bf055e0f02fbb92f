import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { SharedDirectory } from '../directory/shared-directory.js';

/** A machine's own store, with what all machines share in place of its own, which is looked after from now on. */
export function withShared(
  own: SqliteStore,
  shared: SharedDirectory,
  { log, gauge }: Pick<ProcessTelemetry, 'log' | 'gauge'>,
): SqliteStore {
  const { keys, tenancy, settings, audit, isFounder, strangers } = shared;
  if (isFounder) log.info('first to use the database: keys, settings and audit log of this machine are in it now');
  if (strangers > 0) {
    log.warn('keys of this data directory are not in the database, and open nothing: make them anew', {
      keys: strangers,
    });
  }
  gauge(
    'sluice_directory_age_seconds',
    'How long ago the copy of the database was known to be the newest state.',
    () => (shared.ageMs() ?? 0) / 1_000,
  );
  shared.watch((isReachable, cause) => {
    if (isReachable) log.info('database reached again; keys and settings are up to date');
    else log.error('database not reached; keys and settings as they were last read', { err: cause });
  });
  return { ...own, keys, tenancy, settings, audit };
}

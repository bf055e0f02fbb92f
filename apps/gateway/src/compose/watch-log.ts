import type { Cancel } from '@sluice/contract';
import type { LogFault, SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { systemClock } from '../system-clock.js';

export interface LogWatch {
  /** What is wrong with the log of the database, in words for operators; nothing where all is well. */
  readonly fault: string | undefined;
  readonly stop: Cancel;
}

const LOOK_EVERY_MS = 1_000;
const WORDS: Readonly<Record<LogFault, string>> = {
  deleted:
    'the log of the database (-wal) was deleted or replaced: rows go into the database once a second until the gateway is restarted, and no other process must use it before',
  cut: 'the log of the database (-wal) was cut: what was in it is lost, with all that is written until the gateway is restarted; the database itself is left as it was',
};

/** Looks once a second whether rows still go where the next start will find them, and says so where they do not. */
export function watchLog({
  store,
  telemetry,
}: {
  readonly store: Pick<SqliteStore, 'checkLog'>;
  readonly telemetry: Pick<ProcessTelemetry, 'gauge'> & { readonly log: Pick<ProcessTelemetry['log'], 'error'> };
}): LogWatch {
  let found: LogFault | undefined;
  let isUnread = false;
  const read = (): LogFault | undefined => {
    try {
      const fault = store.checkLog();
      isUnread = false;
      return fault;
    } catch (cause) {
      if (!isUnread) telemetry.log.error('the log of the database cannot be checked', { err: cause });
      isUnread = true;
      return found;
    }
  };
  const look = (): void => {
    const before = found;
    found = read();
    if (found && found !== before) telemetry.log.error(WORDS[found]);
    cancel = systemClock.after(LOOK_EVERY_MS, look);
  };
  let cancel = systemClock.after(LOOK_EVERY_MS, look);
  telemetry.gauge('sluice_database_log_ok', 'Whether rows still go where the next start will find them.', () =>
    found ? 0 : 1,
  );
  return {
    get fault() {
      return found && WORDS[found];
    },
    stop: () => cancel(),
  };
}

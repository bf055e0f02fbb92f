import { randomBytes } from 'node:crypto';
import { createBackoff } from '@sluice/breaker';
import type { LedgerArchive, LedgerOutbox, LedgerPage, LedgerQuery, LedgerRow } from '@sluice/contract';
import { keepSending } from '@sluice/ledger';
import type { Sending } from '@sluice/ledger';
import { createLedgerArchive, isRefusedByPostgres } from '@sluice/store-postgres';
import type { Sql } from '@sluice/store-postgres';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Config } from '../config/schema.js';
import { systemClock } from '../system-clock.js';

/** The rows of requests, as operators read them. */
export interface LedgerRows {
  page(query: LedgerQuery): LedgerRowsPage | Promise<LedgerRowsPage>;
  find(id: string): LedgerRow | undefined | Promise<LedgerRow | undefined>;
}
export interface LedgerRowsPage extends LedgerPage {
  /** Set where the rows of other machines cannot be read now. */
  readonly ownRowsOnly?: true;
}

/** How the sending fares. */
export interface SendingHealth {
  readonly isFailing: boolean;
  readonly rows: number;
  readonly oldestAgeMs: number;
  readonly refused: number;
}

export interface SharedLedger {
  readonly rows: LedgerRows;
  /** Absent where rows go nowhere. */
  readonly health?: () => SendingHealth;
  /** Sends what waits, as far as that succeeds within two seconds; the rest goes with the next start. */
  close(): Promise<void>;
}

export interface SharedLedgerParts {
  readonly store: Pick<SqliteStore, 'ledger' | 'outbox' | 'endSending'>;
  /** Where the ledgers of all machines come together. */
  readonly database: Sql | undefined;
  readonly telemetry: Pick<ProcessTelemetry, 'gauge' | 'log'>;
  readonly config: () => Config;
}

const MACHINE_BYTES = 8;
const MS_PER_DAY = 86_400_000;
/** Who reads rows waits so long for the newest of this machine to arrive. */
const FLUSH_WITHIN_MS = 500;
const STOP_WITHIN_MS = 2_000;

/** Sends this machine's rows on where there is a database for all machines, and reads them there. */
export function openSharedLedger(parts: SharedLedgerParts): SharedLedger {
  const { store, database } = parts;
  if (!database) {
    store.endSending();
    return { rows: store.ledger, close: () => Promise.resolve() };
  }
  const archive = createLedgerArchive(database);
  const outbox = store.outbox({ newMachine: () => randomBytes(MACHINE_BYTES).toString('hex') });
  const sending = startSending({ ...parts, archive, outbox });
  const health = (): SendingHealth => readHealth(outbox, sending);
  showBacklog(parts.telemetry, health);
  return {
    rows: allRows({ archive, sending, own: store.ledger }),
    health,
    close: () => sending.stop(STOP_WITHIN_MS),
  };
}

interface Ends {
  readonly archive: LedgerArchive;
  readonly outbox: LedgerOutbox;
}

function startSending({ archive, outbox, telemetry: { log }, config }: SharedLedgerParts & Ends): Sending {
  return keepSending({
    outbox,
    archive,
    clock: systemClock,
    backoff: createBackoff(),
    isRefusal: isRefusedByPostgres,
    keepSentMs() {
      const days = config().ledger.keepSentDays;
      return days === undefined ? undefined : days * MS_PER_DAY;
    },
    onFailing: (cause) => log.warn('ledger rows wait for PostgreSQL', { err: cause }),
    onWorking: (failedForMs) =>
      log.info('ledger rows arrive in PostgreSQL again', { failedForMs: Math.round(failedForMs) }),
    onError: (cause) => log.error('ledger row set aside', { err: cause }),
  });
}

/** Those of all machines, and of this one alone while the others cannot be read. */
function allRows({
  archive,
  sending,
  own,
}: Pick<Ends, 'archive'> & { sending: Sending; own: SqliteStore['ledger'] }): LedgerRows {
  const isThere = async (): Promise<boolean> => {
    if (sending.failingSinceMs !== undefined) return false;
    await sending.flush(FLUSH_WITHIN_MS);
    return sending.failingSinceMs === undefined;
  };
  return {
    async page(query) {
      const page = (await isThere()) ? await archive.page(query).catch(() => undefined) : undefined;
      return page ?? { ...own.page(query), ownRowsOnly: true };
    },
    async find(id) {
      const row = own.find(id);
      if (row?.settlement) return row;
      return (await archive.find(id).catch(() => undefined)) ?? row;
    },
  };
}

function readHealth(outbox: LedgerOutbox, sending: Sending): SendingHealth {
  const { rows, oldestMs, refused } = outbox.backlog();
  const oldestAgeMs = oldestMs === undefined ? 0 : Math.max(0, systemClock.now() - oldestMs);
  return { isFailing: sending.failingSinceMs !== undefined, rows, oldestAgeMs, refused };
}

function showBacklog(telemetry: SharedLedgerParts['telemetry'], health: () => SendingHealth): void {
  telemetry.gauge(
    'sluice_ledger_backlog_rows',
    'Rows of the ledger that PostgreSQL does not have yet.',
    () => health().rows,
  );
  telemetry.gauge(
    'sluice_ledger_backlog_seconds',
    'Age of the oldest row of the ledger that PostgreSQL does not have yet.',
    () => health().oldestAgeMs / 1_000,
  );
  telemetry.gauge('sluice_ledger_refused_rows', 'Rows of the ledger that PostgreSQL refuses.', () => health().refused);
}

import { randomBytes } from 'node:crypto';
import { createBackoff } from '@sluice/breaker';
import { isGatewayError } from '@sluice/contract';
import type {
  LedgerArchive,
  LedgerOutbox,
  LedgerPage,
  LedgerQuery,
  LedgerRow,
  SpendRepository,
} from '@sluice/contract';
import { keepSending } from '@sluice/ledger';
import type { Sending } from '@sluice/ledger';
import { createLedgerArchive, createPostgresSpend, isRefusedByPostgres } from '@sluice/store-postgres';
import type { Postgres } from '@sluice/store-postgres';
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

/** Sums over the rows of requests, as operators ask for them. */
export interface LedgerSpend {
  /** What `use` makes of the sums over the rows of all machines, or of this one while the others' cannot be read. */
  read<T>(use: (spend: SpendRepository) => Promise<T>): Promise<SpendRead<T>>;
}
export interface SpendRead<T> {
  readonly result: T;
  /** As in `LedgerRowsPage`. */
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
  readonly spend: LedgerSpend;
  /** Absent where rows go nowhere. */
  readonly health?: () => SendingHealth;
  /** Sends what waits, as far as that succeeds within two seconds; the rest goes with the next start. */
  close(): Promise<void>;
}

export interface SharedLedgerParts {
  readonly store: Pick<SqliteStore, 'ledger' | 'outbox' | 'endSending' | 'spend'>;
  /** Where the ledgers of all machines come together. */
  readonly database: Pick<Postgres, 'query' | 'transaction'> | undefined;
  readonly telemetry: Pick<ProcessTelemetry, 'gauges' | 'log'>;
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
    return { rows: store.ledger, spend: ownSpend(store.spend), close: () => Promise.resolve() };
  }
  const archive = createLedgerArchive(database);
  const outbox = store.outbox({ newMachine: () => randomBytes(MACHINE_BYTES).toString('hex') });
  const sending = startSending({ ...parts, archive, outbox });
  const health = (): SendingHealth => readHealth(outbox, sending);
  showBacklog(parts.telemetry, health);
  const isThere = isArriving(sending);
  return {
    rows: allRows({ archive, isThere, own: store.ledger }),
    spend: allSpend({ database, isThere, own: store.spend }),
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

type IsThere = () => Promise<boolean>;

/** Whether the rows of this machine arrive where all are. */
function isArriving(sending: Sending): IsThere {
  return async () => {
    if (sending.failingSinceMs !== undefined) return false;
    await sending.flush(FLUSH_WITHIN_MS);
    return sending.failingSinceMs === undefined;
  };
}

interface AllRows extends Pick<Ends, 'archive'> {
  readonly isThere: IsThere;
  readonly own: SqliteStore['ledger'];
}

/** Those of all machines, and of this one alone while the others cannot be read. */
function allRows({ archive, isThere, own }: AllRows): LedgerRows {
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

/** Sums over the rows of this machine. */
export function ownSpend(spend: SpendRepository): LedgerSpend {
  return { read: async (use) => ({ result: await use(spend) }) };
}

interface AllSpend {
  readonly database: NonNullable<SharedLedgerParts['database']>;
  readonly isThere: IsThere;
  readonly own: SpendRepository;
}

function allSpend({ database, isThere, own }: AllSpend): LedgerSpend {
  const all = createPostgresSpend(database);
  return {
    async read(use) {
      try {
        if (await isThere()) {
          // Who is silent is found out now, not in the time that sums may take.
          await database.query('SELECT 1');
          return { result: await use(all) };
        }
      } catch (cause) {
        if (!isGatewayError(cause, 'storage_unavailable')) throw cause;
      }
      return { result: await use(own), ownRowsOnly: true };
    },
  };
}

function readHealth(outbox: LedgerOutbox, sending: Sending): SendingHealth {
  const { rows, oldestMs, refused } = outbox.backlog();
  const oldestAgeMs = oldestMs === undefined ? 0 : Math.max(0, systemClock.now() - oldestMs);
  return { isFailing: sending.failingSinceMs !== undefined, rows, oldestAgeMs, refused };
}

function showBacklog(telemetry: SharedLedgerParts['telemetry'], health: () => SendingHealth): void {
  telemetry.gauges(health, [
    {
      name: 'sluice_ledger_backlog_rows',
      help: 'Rows of the ledger that PostgreSQL does not have yet.',
      figureOf: ({ rows }) => rows,
    },
    {
      name: 'sluice_ledger_backlog_seconds',
      help: 'Age of the oldest row of the ledger that PostgreSQL does not have yet.',
      figureOf: ({ oldestAgeMs }) => oldestAgeMs / 1_000,
    },
    {
      name: 'sluice_ledger_refused_rows',
      help: 'Rows of the ledger that PostgreSQL refuses.',
      figureOf: ({ refused }) => refused,
    },
  ]);
}

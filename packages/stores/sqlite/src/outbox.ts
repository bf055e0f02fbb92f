import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerBacklog, LedgerOutbox, LedgerParcel } from '@sluice/contract';
import { guarded } from './failure.js';
import { takeOwnerLock } from './owner-lock.js';
import type { OwnerLock } from './owner-lock.js';
import { transact } from './transact.js';

/** The tables that are sent on, by the kind that their rows have in the outbox. */
const TABLES = {
  intent: { table: 'ledger_intents', key: 'id' },
  settlement: { table: 'ledger_settlements', key: 'id' },
  price: { table: 'ledger_prices', key: 'version' },
  adjustment: { table: 'ledger_adjustments', key: 'id' },
} as const;
type Kind = keyof typeof TABLES;
const KINDS = ['intent', 'settlement', 'price', 'adjustment'] as const satisfies readonly Kind[];

/** Columns that hold JSON. */
const JSON_COLUMNS: ReadonlySet<string> = new Set(['tags', 'attempts', 'rows', 'priced']);
/** Who settles a row, which matters on this machine alone. */
const LOCAL_COLUMNS: ReadonlySet<string> = new Set(['owner']);

export interface OutboxOptions {
  /** Names this machine where it has no name yet. Kept with the rows, so that it goes where they go. */
  readonly newMachine: () => string;
}

const trigger = (kind: Kind): string => `${TABLES[kind].table}_sent`;

/** From now on rows go nowhere else. */
export function endSending(database: DatabaseSync): void {
  guarded(() => {
    if (!isSending(database)) return;
    transact(database, () => {
      for (const kind of KINDS) database.exec(`DROP TRIGGER IF EXISTS ${trigger(kind)}`);
      database.exec('DELETE FROM ledger_outbox; DELETE FROM ledger_refused; UPDATE ledger_sender SET after = NULL');
    });
  });
}

function isSending(database: DatabaseSync, kind: Kind = 'intent'): boolean {
  const found = database.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = ?`);
  return found.get(trigger(kind)) !== undefined;
}

/** From now on every row that is written is also in the outbox, whoever writes it; and so are, by and by, those of before. */
export function beginSending(database: DatabaseSync, newMachine: () => string): string {
  const machine = database.prepare('SELECT machine FROM ledger_sender');
  transact(database, () => {
    if (!machine.get())
      database.prepare('INSERT INTO ledger_sender (only_row, machine) VALUES (1, ?)').run(newMachine());
    if (isSending(database)) {
      sendAll(database, 'adjustment');
      return;
    }
    database.exec(`UPDATE ledger_sender SET after = '', until = (SELECT max(id) FROM ledger_intents)`);
    for (const kind of ['intent', 'settlement'] as const) sendNew(database, kind);
    for (const kind of ['price', 'adjustment'] as const) sendAll(database, kind);
  });
  return String(machine.get()?.['machine']);
}

function sendNew(database: DatabaseSync, kind: Kind): void {
  const { table, key } = TABLES[kind];
  database.exec(`CREATE TRIGGER ${trigger(kind)} AFTER INSERT ON ${table} BEGIN
    INSERT INTO ledger_outbox (kind, id) VALUES ('${kind}', NEW.${key}); END`);
}

/** Those of before as well, at once; nothing where they are sent already, as by a release that knew this kind. */
function sendAll(database: DatabaseSync, kind: Kind): void {
  if (isSending(database, kind)) return;
  sendNew(database, kind);
  const { table, key } = TABLES[kind];
  database.exec(`INSERT INTO ledger_outbox (kind, id) SELECT '${kind}', ${key} FROM ${table}`);
}

/**
 * What of the ledger is yet to be sent on. It has a connection of its own, whose short wait for locks keeps no request
 * waiting for long; its owner closes that, and the outbox before.
 */
export class SqliteOutbox implements LedgerOutbox {
  readonly #database: DatabaseSync;
  readonly #lockPath: string;
  readonly #statements: ReturnType<typeof prepare>;
  #lock: OwnerLock | undefined;
  #last: number | undefined;

  constructor(database: DatabaseSync, { path, machine }: { readonly path: string; readonly machine: string }) {
    this.#database = database;
    this.#lockPath = `${path}-sender`;
    this.#statements = prepare(database, machine);
  }

  next(limit: number): LedgerParcel | undefined {
    return guarded(() => {
      this.#lock ??= takeOwnerLock(this.#lockPath);
      if (!this.#lock) return undefined;
      const found = this.#oldest(limit) ?? (this.#refill(limit) ? this.#oldest(limit) : undefined);
      if (!found) return undefined;
      this.#last = found.last;
      const read = (kind: Kind): string => String(this.#statements.read[kind].get(found.last)?.['rows']);
      return {
        rows: found.rows,
        intents: read('intent'),
        settlements: read('settlement'),
        prices: read('price'),
        adjustments: read('adjustment'),
      };
    });
  }

  sent(): void {
    if (this.#last === undefined) return;
    const last = this.#last;
    guarded(() => this.#statements.forget.run(last));
    this.#last = undefined;
  }

  refused(): void {
    const last = this.#last;
    if (last === undefined) return;
    guarded(() =>
      transact(this.#database, () => {
        this.#statements.refuse.run(last);
        this.#statements.forget.run(last);
      }),
    );
    this.#last = undefined;
  }

  backlog(): LedgerBacklog {
    return guarded(() => {
      const columns = this.#statements.backlog.get();
      const rows = Number(columns?.['rows']);
      const refused = Number(columns?.['refused']);
      const oldest = rows > 0 ? this.#statements.oldestAt.get()?.['at'] : undefined;
      return { rows, refused, ...(typeof oldest === 'number' && { oldestMs: oldest }) };
    });
  }

  prune(beforeMs: number, limit: number): number {
    return guarded(() => {
      const found: string[] = [];
      transact(this.#database, () => {
        if (this.#statements.allSent.get()) found.push(...this.#prunable(beforeMs, limit));
        const ids = JSON.stringify(found);
        this.#statements.pruneIntents.run(ids);
        this.#statements.pruneSettlements.run(ids);
        this.#statements.pruneAdjustments.run(ids);
      });
      return found.length;
    });
  }

  /** Lets another process send. */
  close(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  #oldest(limit: number): { readonly last: number; readonly rows: number } | undefined {
    const columns = this.#statements.oldest.get(limit);
    const last = columns?.['last'];
    return typeof last === 'number' ? { last, rows: Number(columns?.['rows']) } : undefined;
  }

  /** Steps from row to row, so that it reads no more than what is old. */
  #prunable(beforeMs: number, limit: number): readonly string[] {
    const ids: string[] = [];
    for (const { id, at, keep } of this.#statements.fromOldest.iterate()) {
      if (ids.length >= limit || Number(at) >= beforeMs) break;
      if (keep === 0) ids.push(String(id));
    }
    return ids;
  }

  /** Puts rows of before into the outbox. False where there are none. */
  #refill(limit: number): boolean {
    const after = this.#statements.after.get()?.['after'];
    if (typeof after !== 'string') return false;
    transact(this.#database, () => {
      const to = this.#statements.sliceEnd.get(after, limit)?.['last'] as string | null;
      this.#statements.moveAfter.run(to);
      if (to !== null) this.#statements.refill.run(after, to);
    });
    return true;
  }
}

function prepare(database: DatabaseSync, machine: string) {
  return {
    read: readsOf(database, machine),
    oldest: database.prepare(
      'SELECT max(seq) AS last, count(*) AS rows FROM (SELECT seq FROM ledger_outbox ORDER BY seq LIMIT ?)',
    ),
    forget: database.prepare('DELETE FROM ledger_outbox WHERE seq <= ?'),
    refuse: database.prepare(
      'INSERT INTO ledger_refused SELECT kind, id FROM ledger_outbox WHERE seq <= ? ON CONFLICT DO NOTHING',
    ),
    backlog:
      database.prepare(`SELECT coalesce((SELECT max(seq) FROM ledger_outbox) - (SELECT min(seq) FROM ledger_outbox) + 1, 0) AS rows,
      (SELECT count(*) FROM ledger_refused) AS refused`),
    oldestAt: database.prepare(`SELECT coalesce(s.settled_at_ms, i.started_at_ms, a.made_at_ms) AS at
      FROM ledger_outbox o
      LEFT JOIN ledger_settlements s ON o.kind = 'settlement' AND s.id = o.id
      LEFT JOIN ledger_intents i ON o.kind = 'intent' AND i.id = o.id
      LEFT JOIN ledger_adjustments a ON o.kind = 'adjustment' AND a.id = o.id
      WHERE o.kind <> 'price' ORDER BY o.seq LIMIT 1`),
    after: database.prepare('SELECT after FROM ledger_sender'),
    sliceEnd: database.prepare(`SELECT max(id) AS last FROM (SELECT id FROM ledger_intents
      WHERE id > ? AND id <= (SELECT until FROM ledger_sender) ORDER BY id LIMIT ?)`),
    moveAfter: database.prepare('UPDATE ledger_sender SET after = ?'),
    refill: database.prepare(`INSERT INTO ledger_outbox (kind, id)
      SELECT 'intent', id FROM ledger_intents WHERE id > ?1 AND id <= ?2
      UNION ALL SELECT 'settlement', id FROM ledger_settlements WHERE id > ?1 AND id <= ?2`),
    allSent: database.prepare(
      `SELECT 1 FROM ledger_sender WHERE after IS NULL AND NOT EXISTS (SELECT 1 FROM ledger_outbox)`,
    ),
    fromOldest: database.prepare(`SELECT i.id, i.started_at_ms AS at,
        s.id IS NULL OR EXISTS (SELECT 1 FROM ledger_refused r
          WHERE r.id = i.id OR r.id IN (SELECT a.id FROM ledger_adjustments a WHERE a.request_id = i.id)) AS keep
      FROM ledger_intents i LEFT JOIN ledger_settlements s ON s.id = i.id ORDER BY i.id`),
    pruneIntents: database.prepare('DELETE FROM ledger_intents WHERE id IN (SELECT value FROM json_each(?))'),
    pruneAdjustments: database.prepare(
      'DELETE FROM ledger_adjustments WHERE request_id IN (SELECT value FROM json_each(?))',
    ),
    pruneSettlements: database.prepare('DELETE FROM ledger_settlements WHERE id IN (SELECT value FROM json_each(?))'),
  };
}

/** SQLite writes the JSON itself: this process hands the text on as it is. */
function readsOf(database: DatabaseSync, machine: string): Readonly<Record<Kind, StatementSync>> {
  const read = (kind: Kind): StatementSync => {
    const { table, key } = TABLES[kind];
    const fields = columnsOf(database, table).map(
      (name) => `'${name}', ${JSON_COLUMNS.has(name) ? `json(r."${name}")` : `r."${name}"`}`,
    );
    const whose = kind === 'price' ? [] : [`'machine', '${machine.replaceAll(`'`, `''`)}'`];
    return database.prepare(`SELECT json_group_array(json_object(${[...whose, ...fields].join(', ')})) AS rows
      FROM ledger_outbox o CROSS JOIN ${table} r ON r.${key} = o.id WHERE o.seq <= ? AND o.kind = '${kind}'`);
  };
  return {
    intent: read('intent'),
    settlement: read('settlement'),
    price: read('price'),
    adjustment: read('adjustment'),
  };
}

function columnsOf(database: DatabaseSync, table: string): readonly string[] {
  const names = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  return names.map((row) => String(row['name'])).filter((name) => !LOCAL_COLUMNS.has(name));
}

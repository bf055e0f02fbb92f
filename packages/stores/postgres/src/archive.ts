import type { LedgerArchive, LedgerPage, LedgerQuery, LedgerRow } from '@sluice/contract';
import type { Sql } from './connection.js';
import { toLedgerRow } from './archive-row.js';
import type { ArchiveColumns } from './archive-row.js';

/** One statement, so all or nothing. Columns are found by their names. */
const TAKE = `WITH
  prices AS (INSERT INTO sluice.ledger_prices
    SELECT * FROM jsonb_populate_recordset(NULL::sluice.ledger_prices, $1) ON CONFLICT DO NOTHING),
  intents AS (INSERT INTO sluice.ledger_intents
    SELECT * FROM jsonb_populate_recordset(NULL::sluice.ledger_intents, $2) ON CONFLICT DO NOTHING),
  settlements AS (INSERT INTO sluice.ledger_settlements
    SELECT * FROM jsonb_populate_recordset(NULL::sluice.ledger_settlements, $3) ON CONFLICT DO NOTHING)
  INSERT INTO sluice.ledger_adjustments
    SELECT * FROM jsonb_populate_recordset(NULL::sluice.ledger_adjustments, $4) ON CONFLICT DO NOTHING`;

const SELECT = `SELECT to_jsonb(i) AS intent, to_jsonb(s) AS settlement, p.rows AS prices,
    (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.made_at_ms, length(a.id), a.id) FROM sluice.ledger_adjustments a
      WHERE a.request_id = i.id AND a.machine = i.machine) AS adjustments
  FROM sluice.ledger_intents i LEFT JOIN sluice.ledger_settlements s ON s.id = i.id AND s.machine = i.machine
  LEFT JOIN sluice.ledger_prices p ON p.version = s.price_version`;
const PAGE = `${SELECT}
  WHERE ($1::text IS NULL OR (i.id <= $1 AND (i.id < $1 OR i.machine > $5::text))) AND ($2::text IS NULL OR i.tenant = $2) AND i.started_at_ms >= $3
  ORDER BY i.id DESC, i.machine LIMIT $4`;
/** Between an id and a machine; neither has one. */
const BETWEEN = ':';
const FIND = `${SELECT} WHERE i.id = $1 ORDER BY i.machine LIMIT 1`;

/** The ledgers of all machines in PostgreSQL. */
export function createLedgerArchive(sql: Sql): LedgerArchive {
  return {
    async take({ prices, intents, settlements, adjustments }) {
      await sql.query(TAKE, [prices, intents, settlements, adjustments].map(storable));
    },
    page: (query) => readPage(sql, query),
    async find(id) {
      const [columns] = await sql.query<ArchiveColumns>(FIND, [id]);
      return columns && toLedgerRow(columns);
    },
  };
}

async function readPage(sql: Sql, { sinceMs = 0, limit, cursor, tenant }: LedgerQuery): Promise<LedgerPage> {
  // One more tells whether there is a page behind this one.
  const [afterId, afterMachine] = cursor?.split(BETWEEN) ?? [];
  const found = await sql.query<ArchiveColumns>(PAGE, [afterId, tenant, sinceMs, limit + 1, afterMachine]);
  const rows: LedgerRow[] = found.slice(0, limit).map(toLedgerRow);
  const last = found[limit - 1];
  const next = found[limit];
  return last && next ? { rows, nextCursor: cursorBetween(last.intent, next.intent) } : { rows };
}

/**
 * The id of the last row, as a machine's own ledger has it, which reads on in the place of the archive while that is not
 * there; with its machine only where a row of the same id follows.
 */
function cursorBetween(last: ArchiveColumns['intent'], next: ArchiveColumns['intent']): string {
  const id = String(last['id']);
  return id === next['id'] ? `${id}${BETWEEN}${String(last['machine'])}` : id;
}

/** A backslash; a NUL; both halves of a sign beyond U+FFFF; one half without the other. */
const ESCAPES = /\\(?:\\|u0000|ud[89ab]..\\ud[c-f]..|ud[89a-f]..)/gi;
const LONGEST_OF_ONE = '\\u0000'.length;

/**
 * PostgreSQL's text has no NUL and no half of a surrogate pair, and refuses a row with one; callers may send some. U+FFFD
 * takes their place, as where text is not UTF-8. https://www.postgresql.org/docs/current/datatype-json.html
 */
function storable(json: string): string {
  if (!json.includes('\\u')) return json;
  return json.replace(ESCAPES, (escape) => (escape.length === LONGEST_OF_ONE ? '\\ufffd' : escape));
}

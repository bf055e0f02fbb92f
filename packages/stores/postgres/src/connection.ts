import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Clock } from '@sluice/contract';
import type pg from 'pg';
import { createScrub, toStorageError } from './failure.js';
import { MIGRATE_WITHIN_MS, migrate } from './migrate.js';
import { MIGRATIONS } from './migrations.js';
import { parseUrl } from './parse-url.js';

export interface PostgresOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with the parameters of libpq such as `sslmode` and `sslrootcert`. */
  readonly url: string;
  readonly clock: Clock;
  /** How this process is named among the sessions of the server. Default `sluice`. */
  readonly applicationName?: string;
  /** Default 8. */
  readonly maxConnections?: number;
  /** How long a connection may take to be there, and a free one to be waited for. Default 2000. */
  readonly connectTimeoutMs?: number;
  /** How long a statement may take; the server ends it, and where the server is silent, we do. Default 2000. */
  readonly statementTimeoutMs?: number;
  /** The steps of the schema; those of this release unless given. */
  readonly steps?: readonly string[];
}

/** Where statements are run: the database, or one transaction of it. */
export interface Sql {
  /**
   * The rows, by the names of their columns: 64-bit numbers as numbers, JSON parsed. Values stand for `$1`, `$2` and so on;
   * several statements in one text only without any, and then without rows. Throws `storage_unavailable`, whatever failed.
   */
  query<Row extends object>(text: string, values?: unknown[]): Promise<readonly Row[]>;
}

export interface TransactionLimits {
  /** How long each of its statements may take, and each wait between two of them. Default: as everywhere. */
  readonly withinMs?: number;
  /** Gives the connection up, whatever runs on it; the server ends that within a second (PostgreSQL 14 on). */
  readonly signal?: AbortSignal;
}

/** A database of PostgreSQL, with its schema up to date. */
export interface Postgres extends Sql {
  /**
   * One transaction over one connection: committed when `work` resolves, else rolled back. What `work` throws is thrown;
   * where the connection fails, `storage_unavailable`.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>, limits?: TransactionLimits): Promise<T>;
  /** Resolves once the schema is up to date; every statement waits for it by itself. Rejects where it cannot be now. */
  ready(): Promise<void>;
  /** Closes the connections, within the time that a statement may take. Idempotent. */
  close(): Promise<void>;
}

interface Question {
  readonly text: string;
  readonly values?: unknown[] | undefined;
  /** How long the server may say nothing. `pg` reads it from a query too; its types know it only of a connection. */
  readonly query_timeout: number;
}

/** Of its type in the catalogue of PostgreSQL: `SELECT 'int8'::regtype::oid`. */
const INT8 = 20;
/** The server ends a statement first, and says so; this is for a server that says nothing. */
const SILENCE_MS = 500;

/**
 * Connects when it is first used, and whenever it has to again: a server that is away fails a statement, never the
 * gateway. Throws at once only for a URL that cannot be one.
 */
export function openPostgres(options: PostgresOptions): Postgres {
  return new PooledPostgres(options);
}

class PooledPostgres implements Postgres {
  readonly #settings: pg.PoolConfig;
  #pool: Promise<pg.Pool> | undefined;
  readonly #clock: Clock;
  readonly #silentMs: number;
  readonly #steps: readonly string[];
  readonly #scrub: (text: string) => string;
  #migrated: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: PostgresOptions) {
    const { url, clock, applicationName = 'sluice', statementTimeoutMs = 2_000 } = options;
    this.#clock = clock;
    this.#steps = options.steps ?? MIGRATIONS;
    this.#scrub = createScrub(parseUrl(url).password);
    this.#silentMs = statementTimeoutMs + SILENCE_MS;
    this.#settings = {
      connectionString: url,
      application_name: applicationName,
      max: options.maxConnections ?? 8,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 2_000,
      statement_timeout: statementTimeoutMs,
      query_timeout: this.#silentMs,
      idle_in_transaction_session_timeout: this.#silentMs,
      keepAlive: true,
      allowExitOnIdle: true,
    };
  }

  async query<Row extends object>(text: string, values?: unknown[]): Promise<readonly Row[]> {
    await this.ready();
    return this.#within((client) => this.#ask<Row>(client, { text, values, query_timeout: this.#silentMs }));
  }

  async transaction<T>(work: (sql: Sql) => Promise<T>, limits: TransactionLimits = {}): Promise<T> {
    const { withinMs, signal } = limits;
    await this.ready();
    if (withinMs === undefined) return this.#within((client) => this.#transact(client, work), signal);
    const limited = async (sql: Sql): Promise<T> => {
      await sql.query(limit(withinMs));
      return work(sql);
    };
    return this.#within((client) => this.#transact(client, limited, withinMs + SILENCE_MS), signal);
  }

  ready(): Promise<void> {
    return (this.#migrated ??= this.#migrate());
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#end());
  }

  async #migrate(): Promise<void> {
    try {
      await this.#within(async (client) => {
        await this.#transact(client, (sql) => migrate(sql, this.#steps), MIGRATE_WITHIN_MS + SILENCE_MS);
      });
    } catch (cause) {
      // Whoever comes next tries again.
      this.#migrated = undefined;
      throw toStorageError(cause, this.#scrub);
    }
  }

  async #within<T>(work: (client: pg.PoolClient) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closed) throw gatewayError('storage_unavailable', { message: 'The database was closed.' });
    const pool = await (this.#pool ??= createPool(this.#settings));
    const client = await pool.connect().catch((cause: unknown) => {
      throw toStorageError(cause, this.#scrub);
    });
    const loan = new Loan(client);
    const giveUp = (): void => loan.end(true);
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      return await work(client);
    } catch (cause) {
      loan.isBroken ||= isGatewayError(cause, 'storage_unavailable');
      throw cause;
    } finally {
      signal?.removeEventListener('abort', giveUp);
      loan.end(loan.isBroken);
    }
  }

  async #transact<T>(client: pg.PoolClient, work: (sql: Sql) => Promise<T>, silentMs = this.#silentMs): Promise<T> {
    const sql: Sql = { query: (text, values) => this.#ask(client, { text, values, query_timeout: silentMs }) };
    await sql.query('BEGIN');
    try {
      const result = await work(sql);
      await sql.query('COMMIT');
      return result;
    } catch (cause) {
      // Where this fails too, the connection is given up, and the server rolls back by itself.
      if (!isGatewayError(cause, 'storage_unavailable')) await sql.query('ROLLBACK');
      throw cause;
    }
  }

  async #ask<Row extends object>(client: pg.PoolClient, question: Question): Promise<readonly Row[]> {
    try {
      const result: pg.QueryResult<Row> | readonly unknown[] = await client.query<Row>(question);
      return 'rows' in result ? result.rows : [];
    } catch (cause) {
      throw toStorageError(cause, this.#scrub);
    }
  }

  /** A server that does not answer does not get to say when we are done. */
  async #end(): Promise<void> {
    if (!this.#pool) return;
    const pool = await this.#pool;
    const late = Promise.withResolvers<void>();
    const cancel = this.#clock.after(this.#silentMs, late.resolve);
    await Promise.race([pool.end().catch(() => undefined), late.promise]);
    cancel();
  }
}

/** A connection of the pool, until it is given back. */
class Loan {
  readonly #client: pg.PoolClient;
  #isOver = false;
  isBroken = false;
  // Without a listener the end of a connection would end the process.
  readonly #onError = (): void => void (this.isBroken = true);

  constructor(client: pg.PoolClient) {
    this.#client = client;
    client.on('error', this.#onError);
  }

  /** A broken connection is closed, whatever runs on it. Idempotent. */
  end(isBroken: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#client.off('error', this.#onError);
    this.#client.release(isBroken);
  }
}

/** Only until the transaction ends. Not every server can look whether its client is still there. */
function limit(withinMs: number): string {
  return `SET LOCAL statement_timeout = ${withinMs}; SET LOCAL idle_in_transaction_session_timeout = ${withinMs};
    DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '1000', true);
    EXCEPTION WHEN OTHERS THEN NULL; END $$`;
}

/** The driver is loaded when it is first needed: a gateway without PostgreSQL starts without it. */
async function createPool(settings: pg.PoolConfig): Promise<pg.Pool> {
  const { default: driver } = await import('pg');
  // Sums of money and times in milliseconds are 64-bit numbers that JavaScript's hold exactly.
  const parserOf = (type: number, format?: 'text' | 'binary'): unknown =>
    type === INT8 && format !== 'binary' ? Number : driver.types.getTypeParser(type, format);
  const types = { getTypeParser: parserOf as typeof driver.types.getTypeParser };
  const pool = new driver.Pool({ ...settings, types });
  // Told of connections that end while nobody uses them; who wants the next one gets another.
  pool.on('error', () => undefined);
  return pool;
}

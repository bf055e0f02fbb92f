import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export interface RowInsertInit<Row> {
  readonly table: string;
  /** By comma. */
  readonly columns: string;
  /** Puts the values of a row, in the order of the columns, behind those of the rows before it. */
  readonly bind: (values: SQLInputValue[], row: Row) => void;
  /** Columns that few rows have, so that the others need not bind them. */
  readonly rare: {
    readonly columns: string;
    readonly bind: (values: SQLInputValue[], row: Row) => void;
    /** Whether a row has one of them. */
    readonly isIn: (row: Row) => boolean;
  };
}

/** Rows in one statement: to run one costs as much as a few columns more. */
const TOGETHER = 8;

/** Inserts rows of one kind within its caller's transaction. One whose id is there already is passed over. */
export class RowInsert<Row> {
  readonly #init: RowInsertInit<Row>;
  readonly #plain: Statements;
  readonly #full: Statements;

  constructor(database: DatabaseSync, init: RowInsertInit<Row>) {
    const { table, columns, rare } = init;
    this.#init = init;
    this.#plain = prepare(database, table, columns);
    this.#full = prepare(database, table, `${columns}, ${rare.columns}`);
  }

  run(rows: readonly Row[]): void {
    const together = rows.length - (rows.length % TOGETHER);
    for (let at = 0; at < together; at += TOGETHER) this.#insert(rows.slice(at, at + TOGETHER), 'several');
    for (let at = together; at < rows.length; at += 1) this.#insert(rows.slice(at, at + 1), 'one');
  }

  #insert(rows: readonly Row[], count: keyof Statements): void {
    const { bind, rare } = this.#init;
    const isFull = rows.some(rare.isIn);
    const values: SQLInputValue[] = [];
    for (const row of rows) {
      bind(values, row);
      if (isFull) rare.bind(values, row);
    }
    (isFull ? this.#full : this.#plain)[count].run(...values);
  }
}

interface Statements {
  readonly one: StatementSync;
  readonly several: StatementSync;
}

function prepare(database: DatabaseSync, table: string, columns: string): Statements {
  const row = `(${columns.replaceAll(/[^,]+/g, '?')})`;
  const insert = (rows: number): StatementSync =>
    database.prepare(
      `INSERT INTO ${table} (${columns}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}
       ON CONFLICT (id) DO NOTHING`,
    );
  return { one: insert(1), several: insert(TOGETHER) };
}

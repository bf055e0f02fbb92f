import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export interface RowInsertInit<Row> {
  readonly table: string;
  /** By comma. */
  readonly columns: string;
  /** Puts the values of a row, in the order of the columns, behind those of the rows before it. */
  readonly bind: (values: SQLInputValue[], row: Row) => void;
}

/** Rows in one statement: to run one costs as much as a few columns more. */
const TOGETHER = 8;

/** Inserts rows of one kind within its caller's transaction. One whose id is there already is passed over. */
export class RowInsert<Row> {
  readonly #bind: RowInsertInit<Row>['bind'];
  readonly #one: StatementSync;
  readonly #several: StatementSync;

  constructor(database: DatabaseSync, { table, columns, bind }: RowInsertInit<Row>) {
    this.#bind = bind;
    const row = `(${columns.replaceAll(/[^,]+/g, '?')})`;
    const prepare = (rows: number): StatementSync =>
      database.prepare(
        `INSERT INTO ${table} (${columns}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}
         ON CONFLICT (id) DO NOTHING`,
      );
    this.#one = prepare(1);
    this.#several = prepare(TOGETHER);
  }

  run(rows: readonly Row[]): void {
    const together = rows.length - (rows.length % TOGETHER);
    for (let at = 0; at < together; at += TOGETHER) this.#several.run(...this.#valuesOf(rows.slice(at, at + TOGETHER)));
    for (const row of rows.slice(together)) this.#one.run(...this.#valuesOf([row]));
  }

  #valuesOf(rows: readonly Row[]): readonly SQLInputValue[] {
    const values: SQLInputValue[] = [];
    for (const row of rows) this.#bind(values, row);
    return values;
  }
}

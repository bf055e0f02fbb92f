/** Rows that wait to be written, oldest first. */
export interface Backlog<Row> {
  readonly size: number;
  /** Adds the newest row. A full backlog gives up its oldest for it and returns that one. */
  push(row: Row): Row | undefined;
  /** The oldest rows, at most `count`. They stay until they are dropped. */
  peek(count: number): readonly Row[];
  /** Forgets the oldest `count` rows. */
  drop(count: number): void;
}

export function createBacklog<Row>(capacity: number): Backlog<Row> {
  let rows: Row[] = [];
  return {
    get size() {
      return rows.length;
    },
    push(row) {
      const lost = rows.length >= capacity ? rows.shift() : undefined;
      rows.push(row);
      return lost;
    },
    peek: (count) => (rows.length <= count ? rows : rows.slice(0, count)),
    drop(count) {
      if (count > 0) rows = rows.slice(count);
    },
  };
}

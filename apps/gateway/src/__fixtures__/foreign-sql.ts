/** Runs statements as somebody would who has the file of the database and nothing of ours: the stores own SQLite. */
export function runForeignSql(path: string, sql: string): void {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(path);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

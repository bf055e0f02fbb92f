/** A database's row as a record: what is `NULL` in it is absent. */
export function withoutNulls(row: object): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [name, value] of Object.entries<unknown>(row as Record<string, unknown>))
    if (value !== null) record[name] = value;
  return record;
}

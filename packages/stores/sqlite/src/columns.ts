/** A record as a row holds it: what is optional is `null` instead of absent. */
export type Columns<T> = {
  [Name in keyof T]-?: undefined extends T[Name] ? Exclude<T[Name], undefined> | null : T[Name];
};

/** The record of a row: its `null` columns are absent. */
export function toRecord<T extends object>(columns: Columns<T>): T {
  const record: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(columns)) if (value !== null) record[name] = value;
  return record as T;
}

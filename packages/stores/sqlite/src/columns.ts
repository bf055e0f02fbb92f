import { withoutNulls } from '@sluice/toolkit';

/** A record as a row holds it: what is optional is `null` instead of absent. */
export type Columns<T> = {
  [Name in keyof T]-?: undefined extends T[Name] ? Exclude<T[Name], undefined> | null : T[Name];
};

/** The record of a row: its `null` columns are absent. */
export function toRecord<T extends object>(columns: Columns<T>): T {
  return withoutNulls(columns) as T;
}

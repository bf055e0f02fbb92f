export type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The same without the fields that are `undefined`. */
export function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** `{ [key]: value }`, or nothing where the caller gave none or said `null`. */
export function given<Key extends string, Value>(
  key: Key,
  value: Value | null | undefined,
): { readonly [K in Key]?: NonNullable<Value> } {
  return value === undefined || value === null ? {} : ({ [key]: value } as { readonly [K in Key]: NonNullable<Value> });
}

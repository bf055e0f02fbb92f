/** `{ [key]: value }`, or nothing where there is none or it is `null`. */
export function given<Key extends string, Value>(
  key: Key,
  value: Value | null | undefined,
): { readonly [K in Key]?: NonNullable<Value> } {
  return value === undefined || value === null ? {} : ({ [key]: value } as { readonly [K in Key]: NonNullable<Value> });
}

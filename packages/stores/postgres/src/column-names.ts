const fields = new Map<string, string>();

/** `started_at_ms` holds `startedAtMs`. */
export function fieldOf(column: string): string {
  const known = fields.get(column);
  if (known !== undefined) return known;
  const field = column.replaceAll(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
  fields.set(column, field);
  return field;
}

/** `startedAtMs` is in `started_at_ms`. */
export function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

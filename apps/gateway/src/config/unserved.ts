interface Unserved {
  /** Keys from the top; `*` is any one. */
  readonly path: readonly string[];
  /** Absent: any value. Present: these, or those for which it is true; others are plain mistakes. */
  readonly values?: readonly unknown[] | ((value: unknown) => boolean);
}

const isPositive = (value: unknown): boolean => typeof value === 'number' && value > 0;

/**
 * Settings of the product that this version does not serve. The schemas refuse them; this table only lets the refusal say
 * why, so a row may stay too long but can never let a setting through.
 */
const UNSERVED: readonly Unserved[] = [
  { path: ['models', '*', 'answerModel'] },
  { path: ['models', '*', 'unknownFields'] },
  { path: ['server', 'workers'], values: (value) => value === 'auto' || (isPositive(value) && value !== 1) },
  { path: ['telemetry', 'traces'] },
];

/** True where the product has this setting, with this value, and this version has not. */
export function isUnserved(path: readonly PropertyKey[], value: unknown): boolean {
  return UNSERVED.some((row) => matchesPath(row, path) && matchesValue(row, value));
}

function matchesPath(row: Unserved, path: readonly PropertyKey[]): boolean {
  return row.path.length === path.length && row.path.every((key, index) => key === '*' || key === path[index]);
}

function matchesValue({ values }: Unserved, value: unknown): boolean {
  if (values === undefined) return true;
  return typeof values === 'function' ? values(value) : values.includes(value);
}

import { isExactNumber } from './json.js';

type Path = readonly PropertyKey[];

/** More than any path to a field of ours: a key that a caller made up may be as long as the body. */
const MAX_PARAM_CHARS = 200;

/** What stands in a body where a schema found something; nothing where the way there ends before. */
export function valueAt(body: unknown, path: Path): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

/** The way to a field as an error names it: `messages[0].content`. */
export function writeParam(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text.slice(0, MAX_PARAM_CHARS);
}

/** What a schema's issue says of the value that it wanted. */
interface Issue {
  readonly code?: string | undefined;
  readonly expected?: unknown;
}

/**
 * Whether a field was refused because its number cannot be kept: `number_out_of_range`, where the number would otherwise
 * pass for one of another type or size. Minus zero is one, for no count can be it.
 */
export function isOutOfRange({ code, expected }: Issue, value: unknown): boolean {
  if (code === 'invalid_type' && expected !== 'number' && expected !== 'int') return false;
  if (typeof value !== 'number') return code === 'invalid_type' && isExactNumber(value);
  return !Number.isFinite(value) || Object.is(value, -0) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

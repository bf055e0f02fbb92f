import { isExactNumber } from './json.js';

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

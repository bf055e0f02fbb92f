import { gatewayError } from '@sluice/contract';
import type { ErrorCode, GatewayError } from '@sluice/contract';
import { isExactNumber } from '@sluice/toolkit';
import type { z } from 'zod';

/** `value` as the schema has it. Throws the first fault as a 400 of the table that names the parameter. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw toInputError(parsed.error.issues[0] as z.core.$ZodIssue);
}

/** The query as the schema has it. Throws as {@link parseInput} does, also for a parameter that is given twice. */
export function parseQuery<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    if (values.has(name)) throw invalid('invalid_value', name, 'is given more than once');
    values.set(name, value);
  }
  return parseInput(schema, Object.fromEntries(values));
}

function toInputError(issue: z.core.$ZodIssue): GatewayError {
  const param = formatParam(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return invalid('unknown_parameter', formatParam([...issue.path, ...issue.keys.slice(0, 1)]), 'is not known here');
  }
  if (issue.code !== 'invalid_type') return invalid('invalid_value', param, `is not valid: ${issue.message}`);
  if (issue.input === undefined) return invalid('missing_required_parameter', param, 'is required');
  if (isExactNumber(issue.input)) return invalid('number_out_of_range', param, 'holds a number that cannot be kept');
  return invalid('invalid_type', param, `must be of type ${issue.expected}`);
}

function invalid(code: ErrorCode, param: string, reason: string): GatewayError {
  const subject = param === '' ? 'The body' : `The parameter "${param}"`;
  return gatewayError(code, { message: `${subject} ${reason}.`, ...(param !== '' && { details: { param } }) });
}

function formatParam(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
    .slice(0, 200);
}

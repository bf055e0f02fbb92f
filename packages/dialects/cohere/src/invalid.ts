import { gatewayError } from '@sluice/contract';
import type { ErrorCode, GatewayError } from '@sluice/contract';
import { isOutOfRange, valueAt, writeParam } from '@sluice/toolkit';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The first problem that the schema found with a body, as an error of the table. */
export function toInvalid(error: z.ZodError, body: unknown): GatewayError {
  const [first] = error.issues;
  const path = first?.path ?? [];
  const param = writeParam(path);
  const value = valueAt(body, path);
  if (value === undefined) {
    const message = `invalid request: ${param} is required.`;
    return gatewayError('missing_required_parameter', { message, details: { param } });
  }
  const message = `invalid request: ${param} is not valid: ${lowerFirst(first?.message ?? 'invalid input')}.`;
  return gatewayError(first ? toCode(first, value) : 'invalid_value', { message, details: { param } });
}

/** A name that callers may not use. */
export function refusedName(path: Path): GatewayError {
  const param = writeParam(path);
  const message = `invalid request: ${param} is not taken from callers.`;
  return gatewayError('unknown_parameter', { message, details: { param } });
}

/** A document is a text or an object: whatever fits neither is of the wrong type. */
function toCode(issue: Issue, value: unknown): ErrorCode {
  if (isOutOfRange(issue, value)) return 'number_out_of_range';
  return issue.code === 'invalid_type' || issue.code === 'invalid_union' ? 'invalid_type' : 'invalid_value';
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

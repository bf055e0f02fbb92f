import { gatewayError } from '@sluice/contract';
import type { ErrorCode, GatewayError } from '@sluice/contract';
import { isOutOfRange, isUnsafeUrl, valueAt } from '@sluice/toolkit';
import type { z } from 'zod';

/** The first thing that the schema found wrong, with the parameter's path: `messages.0.content`. */
export function toParameterError(body: unknown, issues: readonly z.core.$ZodIssue[]): GatewayError {
  const [issue] = issues;
  const path = issue?.path ?? [];
  const param = path.join('.');
  const code = toCode(issue, valueAt(body, path));
  const reason = code === 'missing_required_parameter' ? 'Field required' : (issue?.message ?? 'Invalid input');
  return gatewayError(code, { message: `${param}: ${reason}.`, details: { param } });
}

/** A name that callers may not use. */
export function refusedName(path: readonly PropertyKey[]): GatewayError {
  const param = path.join('.');
  return gatewayError('unknown_parameter', { message: `${param}: This field is not accepted.`, details: { param } });
}

function toCode(issue: z.core.$ZodIssue | undefined, value: unknown): ErrorCode {
  if (value === undefined) return 'missing_required_parameter';
  if (issue && isOutOfRange(issue, value)) return 'number_out_of_range';
  if (issue && isUnsafeUrl(issue)) return 'unsafe_url';
  return issue?.code === 'invalid_type' ? 'invalid_type' : 'invalid_value';
}

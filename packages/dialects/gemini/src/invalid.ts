import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import { isOutOfRange, isUnsafeUrl, valueAt, writeParam } from '@sluice/toolkit';
import type { z } from 'zod';

type Path = readonly PropertyKey[];

/** The first problem that a schema found with a body, as an error of the table. */
export function toInvalid({ issues: [issue] }: z.ZodError, body: unknown): GatewayError {
  if (!issue) return invalid('invalid_value', [], 'it is not valid');
  const value = valueAt(body, issue.path);
  if (issue.path.length > 0 && value === undefined) {
    return invalid('missing_required_parameter', issue.path, 'it is required');
  }
  if (isOutOfRange(issue, value)) {
    return invalid('number_out_of_range', issue.path, 'the number cannot be kept exactly');
  }
  if (isUnsafeUrl(issue)) return invalid('unsafe_url', issue.path, issue.message);
  return invalid(issue.code === 'invalid_type' ? 'invalid_type' : 'invalid_value', issue.path, issue.message);
}

/** An error about one field, in the words that Google's own errors begin with. */
export function invalid(
  code:
    | 'missing_required_parameter'
    | 'invalid_type'
    | 'invalid_value'
    | 'number_out_of_range'
    | 'unknown_parameter'
    | 'unsafe_url',
  path: Path,
  problem: string,
): GatewayError {
  const param = writeParam(path);
  const where = param === '' ? 'Invalid body' : `Invalid value at '${param}'`;
  return gatewayError(code, { message: `${where}: ${problem}.`, details: param === '' ? {} : { param } });
}

/** The failure of content that only targets of this dialect take. Dropping it would change what is asked. */
export function untranslatable(path: Path, what: string): GatewayError {
  return invalid('invalid_value', path, `${what} cannot be sent to this model's provider`);
}

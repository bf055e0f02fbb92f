import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import { isOutOfRange, isUnsafeUrl, valueAt, writeParam } from '@sluice/toolkit';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The first problem that a schema found with a body, as an error of the table. */
export function toInvalid(error: z.ZodError, body: unknown): GatewayError {
  const [first] = error.issues;
  if (!first) return invalid('invalid_value', [], 'The body is not valid.');
  const { issue, path } = innermost(first, first.path);
  const value = valueAt(body, path);
  if (path.length > 0 && value === undefined) return invalid('missing_required_parameter', path, 'is required');
  if (isOutOfRange(issue, value)) return invalid('number_out_of_range', path, 'the number cannot be kept exactly');
  return invalid(codeOf(issue), path, lowerFirst(issue.message));
}

function codeOf(issue: Issue): 'unsafe_url' | 'invalid_type' | 'invalid_value' {
  if (isUnsafeUrl(issue)) return 'unsafe_url';
  return issue.code === 'invalid_type' ? 'invalid_type' : 'invalid_value';
}

/** An error about one parameter, whose message reads `"param" problem.` */
export function invalid(
  code: 'missing_required_parameter' | 'invalid_type' | 'invalid_value' | 'number_out_of_range' | 'unsafe_url',
  path: Path,
  problem: string,
): GatewayError {
  const param = writeParam(path);
  if (param === '') return gatewayError(code, { message: `The body is not valid: ${problem}.` });
  return gatewayError(code, { message: `"${param}" is not valid: ${problem}.`, details: { param } });
}

/** A name that callers may not use. */
export function refusedName(path: Path): GatewayError {
  const param = writeParam(path);
  return gatewayError('unknown_parameter', { message: `"${param}" is not taken from callers.`, details: { param } });
}

/** Of a union, the branch whose shape the caller meant, and of that the first problem. */
function innermost(issue: Issue, path: Path): { readonly issue: Issue; readonly path: Path } {
  if (issue.code !== 'invalid_union') return { issue, path };
  const [meant] = [...issue.errors].sort((a, b) => distance(a) - distance(b));
  const first = meant?.[0];
  return first ? innermost(first, [...path, ...first.path]) : { issue, path };
}

/** How far a value is from a branch: most of all where it is of another kind or type, then by the number of problems. */
function distance(problems: readonly Issue[]): number {
  const [first] = problems;
  if (first?.path.length === 1 && first.path[0] === 'type') return 1_000 + problems.length;
  const isOtherKind = first?.path.length === 0 && (first.code === 'invalid_type' || first.code === 'invalid_value');
  return (isOtherKind ? 1_000_000 : 0) + problems.length + (first?.code === 'invalid_type' ? 0.5 : 0);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

import type { z } from 'zod';
import { formatPath } from './problem.js';
import type { ConfigProblem } from './problem.js';
import { isUnserved } from './unserved.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What a schema found wrong with `value`, one problem for each key at fault. */
export function explainIssues(issues: readonly Issue[], value: unknown): readonly ConfigProblem[] {
  return issues.flatMap((issue) => faults(issue)).map((fault) => toProblem(fault, value));
}

interface Fault {
  readonly path: Path;
  readonly reason: string;
}

function faults(issue: Issue): readonly Fault[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys') return [{ path, reason: reasonOf(issue) }];
  return issue.keys.map((key) => ({ path: [...path, key], reason: 'there is no such setting' }));
}

function reasonOf(issue: Issue): string {
  if (issue.code === 'invalid_union') return unionReason(issue);
  if (issue.code !== 'invalid_key') return plain(issue.message);
  return `this name is not allowed: ${issue.issues.map(({ message }) => plain(message)).join(', ')}`;
}

function unionReason(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  if ('options' in issue && issue.options) return `expected one of ${issue.options.join(', ')}`;
  if (issue.message !== 'Invalid input') return plain(issue.message);
  if (issue.path.at(-1) === 'apiKey' || issue.path.at(-2) === 'apiKeys')
    return 'secrets are references: expected { env: NAME } or { file: PATH }';
  const reasons = new Set(issue.errors.flatMap(([first]) => (first ? [plain(first.message)] : [])));
  return [...reasons].join(', or ');
}

function plain(message: string): string {
  return message
    .replace(/^Invalid (?:input|option|string): /, '')
    .replace(/, received undefined$/, ', which is missing');
}

function toProblem({ path, reason }: Fault, value: unknown): ConfigProblem {
  const unserved = isUnserved(path, valueAt(value, path));
  return { path: formatPath(path), reason: unserved ? 'this setting is not served by this version of Sluice' : reason };
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return at;
}

import { problemLine } from '../config/problem.js';
import type { ConfigProblem } from '../config/problem.js';
import type { CommandCall } from './command.js';

/** Says everything that is wrong with a configuration: lines on stderr, or one JSON document on stdout. */
export function reportProblems(problems: readonly ConfigProblem[], { context, json }: CommandCall): 1 {
  if (json) context.stdout.write(`${JSON.stringify({ ok: false, problems })}\n`);
  else context.stderr.write(problems.map((problem) => `${problemLine(problem)}\n`).join(''));
  return 1;
}

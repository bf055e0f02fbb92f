/** Prints one line a problem and ends the process: 0 without problems, else 1. */
export function reportAndExit(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(problems.length === 0 ? 0 : 1);
}

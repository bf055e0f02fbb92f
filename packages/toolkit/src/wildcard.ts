/** Whether a pattern has this name. `*` at its end stands for any rest, also for none; everywhere else it is itself. A narrower pattern is a name as well. */
export function matchesWildcard(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/**
 * The CPU time that `work` takes this process, in milliseconds: how dear it is, however busy the machine is with others.
 * For work that waits for nothing.
 */
export function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

import type { ChildProcess } from 'node:child_process';

/** Kills a server with the process of the tests: one that fails may not come to stop it. */
export function endWithProcess(server: ChildProcess): void {
  const end = (): void => void server.kill('SIGKILL');
  process.once('exit', end);
  server.once('exit', () => process.off('exit', end));
}

import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import type { GatewayProcess } from './supervise.js';
import { UNWELL } from './unwell.js';

/**
 * Makes a function that starts this very program with other arguments, as a process whose listening socket is this
 * process's: it stays open, and nobody who is waiting in it is lost, while one process follows another. Here nobody
 * takes connections out of it.
 */
export function createFork(argv: readonly string[]): () => GatewayProcess {
  cluster.setupPrimary({ args: [...argv] });
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  return () => toProcess(cluster.fork());
}

function toProcess(worker: Worker): GatewayProcess {
  const { promise: unwell, resolve: isUnwell } = Promise.withResolvers<void>();
  worker.on('message', (message: unknown) => {
    if (message === UNWELL) isUnwell();
  });
  return {
    pid: worker.process.pid,
    listening: new Promise((resolve) => void worker.once('listening', () => resolve())),
    exited: new Promise((resolve) => void worker.once('exit', (code: number | null) => resolve(code ?? 1))),
    unwell,
    kill: (signal) => void worker.process.kill(signal),
  };
}

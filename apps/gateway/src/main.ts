#!/usr/bin/env node
import cluster from 'node:cluster';
import { COMMANDS } from './cli/commands.js';
import { runCli } from './cli/run-cli.js';

const { env, stdout, stderr } = process;
const code = await runCli(process.argv.slice(2), COMMANDS, {
  env,
  cwd: process.cwd(),
  stdout,
  stderr,
  signals: process,
  faults: process,
  ...(cluster.isWorker && { tellSupervisor: (message: string) => void process.send?.(message) }),
});
// A gateway that was told to stop twice is not waited for.
stdout.write('', () => process.exit(code));

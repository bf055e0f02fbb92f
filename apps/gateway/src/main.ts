#!/usr/bin/env node
import cluster from 'node:cluster';
import { setFlagsFromString } from 'node:v8';
import { COMMANDS } from './cli/commands.js';
import { runCli } from './cli/run-cli.js';

// Small buffers share one of this size, and the last of them to go keeps it: at Node's 64 KiB, each waiting call would.
Buffer.poolSize = 16_384;

// Under load V8 takes what every request allocates for long-lived and puts it among the old objects at birth. Dead a few
// milliseconds later, it still keeps all that it points to, so a tenth of each request is copied twice and then grows old too.
setFlagsFromString('--no-allocation-site-pretenuring');

// A look into the real one asks the operating system.
const env = { ...process.env };
const { stdout, stderr } = process;
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

import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const BUFFERS = '/proc/sys/net/ipv4';
/** Loopback alone, and sockets that buffer 64 KiB at most: a machine would give a caller who does not read megabytes. */
const SETUP = `ip link set lo up && echo 4096 16384 65536 > ${BUFFERS}/tcp_wmem && echo 4096 32768 65536 > ${BUFFERS}/tcp_rmem`;
const INSIDE = 'SLUICE_SMALL_NETWORK';

/** Whether this process is in such a network. */
export const isInSmallNetwork = process.env[INSIDE] !== undefined;
/** Only root may make one. */
export const canHaveSmallNetwork = spawnSync('unshare', ['-n', 'sh', '-c', SETUP]).status === 0;

/** Runs the tests of a file once more, in a network of their own. What they say where they fail; nothing where they pass. */
export async function testInSmallNetwork(file: string, env: Readonly<Record<string, string>>): Promise<string> {
  const command = `${SETUP} && exec "$@"`;
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'integration', '--reporter=dot', file];
  const child = spawn('unshare', ['-n', 'sh', '-c', command, 'sh', process.execPath, ...vitest], {
    cwd: ROOT,
    env: { ...process.env, VITEST: '', [INSIDE]: 'yes', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const output = await Promise.all([text(child.stdout), text(child.stderr)]);
  return (await exited) === 0 ? '' : output.join('\n');
}

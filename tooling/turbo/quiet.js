import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * `node tooling/turbo/quiet.js TASK... [--filter=PACKAGE...]`: what turbo says goes to the screen only when a task fails.
 * Plain JavaScript, because the first start runs it before anything is built.
 */
const { status, stdout, stderr, error } = spawnSync(
  'turbo',
  ['run', ...process.argv.slice(2), '--output-logs=errors-only', '--log-prefix=none'],
  {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  },
);
if (error) throw error;
if (status !== 0) process.stderr.write(stdout + stderr);
process.exitCode = status ?? 1;

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * `node tooling/turbo/quiet.js TASK... [--filter=PACKAGE...]`: what turbo says goes to the screen only when a task fails.
 * Plain JavaScript, because the first start runs it before anything is built.
 */
const turbo = spawn('turbo', ['run', ...process.argv.slice(2), '--output-logs=errors-only', '--log-prefix=none'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  stdio: ['ignore', 'pipe', 'pipe'],
});
// Whoever ends this ends turbo, which ends its tasks.
process.once('SIGTERM', () => turbo.kill('SIGTERM'));
const said = ['', ''];
for (const [at, stream] of [turbo.stdout, turbo.stderr].entries())
  stream.setEncoding('utf8').on('data', (text) => (said[at] += text));
const [status] = await once(turbo, 'close');
if (status !== 0) process.stderr.write(said.join(''));
process.exitCode = status ?? 1;

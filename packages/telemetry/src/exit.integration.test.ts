import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const index = fileURLToPath(new URL('./index.ts', import.meta.url));
const program = (ending: string): string => `
  import { createTelemetry } from ${JSON.stringify(index)};
  const clock = { now: () => 1, monotonic: () => 1, after: (ms, run) => (clearTimeout.bind(null, setTimeout(run, ms).unref())) };
  const settings = { logs: { level: 'info' }, metrics: { enabled: false } };
  const telemetry = createTelemetry(settings, { clock });
  telemetry.log.info('started');
  ${ending}`;
const run = (ending: string) =>
  spawn(
    process.execPath,
    ['--conditions=@sluice/source', '--input-type=module', '--import=tsx', '-e', program(ending)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );

describe('telemetry of a process that ends', () => {
  it('writes the last lines when the process exits without closing it', async () => {
    const child = run('process.exit(3);');
    const chunks: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    await once(child, 'close');
    expect(chunks.join('')).toContain('"msg":"started"');
  });

  it('lets the process live on when the reader of standard output is gone', async () => {
    const child = run(`
      const lines = setInterval(() => telemetry.log.info('more'), 1);
      setTimeout(() => { clearInterval(lines); process.exitCode = 7; }, 300);`);
    child.stdout.destroy();
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(7);
  });
});

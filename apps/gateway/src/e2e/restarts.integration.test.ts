import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { SERVED_FILE, freePort, startSupervised } from './__fixtures__/restarts.js';

describe('sluice supervise', () => {
  it('restarts the gateway under load and loses no request and no row', async () => {
    await using gateway = await startSupervised(temporaryDir());
    const traffic = gateway.traffic(50);
    await gateway.restart();
    await gateway.restart();
    const { answered, failures } = await traffic.stop();
    expect(failures).toEqual([]);
    expect(await gateway.rows()).toBe(answered);
    await gateway.assertInvariants();
    expect(await gateway.sluice.exited).toBe(0);
  });

  it('keeps the old process where the new one does not come to serve', async () => {
    const cwd = temporaryDir();
    await using gateway = await startSupervised(cwd);
    // Not by the file's own watch: a restart must not depend on it.
    writeFileSync(join(cwd, 'sluice.yaml'), 'serve: {}');
    gateway.sluice.signal('SIGUSR2');
    const said = (): string => gateway.sluice.output.stderr;
    await expect.poll(said, { timeout: 20_000 }).toMatch(/config error at serve[^]*does not serve; \d+ goes on/);
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
    writeFileSync(join(cwd, 'sluice.yaml'), SERVED_FILE);
    await gateway.restart();
    await gateway.assertInvariants();
  });

  it('lets another process follow one that was killed', async () => {
    await using gateway = await startSupervised(temporaryDir(), ['--port', String(await freePort())]);
    const [child] = await gateway.sluice.children();
    process.kill(child ?? 0, 'SIGKILL');
    const isReady = async (): Promise<boolean> =>
      fetch(`${gateway.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(() => gateway.sluice.output.stderr).toContain('another one follows');
    await expect.poll(isReady, { timeout: 20_000 }).toBe(true);
    expect(await gateway.sluice.children()).not.toContain(child);
    await gateway.assertInvariants();
  });
});

import { capture } from '@sluice/tooling-workspace';
import { expect, it } from 'vitest';

const runTests = async (filter: string): Promise<{ ok: boolean; lastLine: string | undefined }> => {
  const { ok, output } = await capture('tsx', ['tooling/test/src/main.ts', filter], { env: plainEnvironment() });
  return { ok, lastLine: output.trimEnd().split('\n').at(-1) };
};

/** The environment without what the outer test run put there. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST') && name !== 'TEST');
  return Object.fromEntries(entries);
}

it('ends with the count of what it ran', async () => {
  expect(await runTests('tooling/test/src/count.test.ts')).toEqual({ ok: true, lastLine: '2 passed, 0 failed' });
});

it('fails when it ran nothing', async () => {
  expect(await runTests('no-such-test')).toEqual({ ok: false, lastLine: '0 passed, 0 failed' });
});

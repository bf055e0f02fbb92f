import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startSimulator } from '@sluice/simulator';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';

const REPOSITORY = new URL('../../../../', import.meta.url);
/** Everything that the examples import can be reached from here, this package by its own name. */
const GATEWAY = fileURLToPath(new URL('apps/gateway/', REPOSITORY));
const ADAPTER_README = 'packages/providers/openai-compatible/README.md';

/** The example of a README that imports `name`. */
function exampleOf(readme: string, name: string): string {
  const page = readFileSync(new URL(readme, REPOSITORY), 'utf8');
  const blocks = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code ?? '');
  return blocks.find((code) => code.includes(`from '${name}'`)) ?? expect.fail(`${readme} shows no ${name}`);
}

/** What a program prints that a stranger pasted into a file. */
async function run(program: string): Promise<string> {
  const typescript = ['--input-type=module-typescript', '--eval', program];
  const args = ['--conditions=@sluice/source', '--import', import.meta.resolve('tsx'), ...typescript];
  const env = { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', SLUICE_DATA_DIR: temporaryDir() };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: GATEWAY, env });
  return stdout;
}

describe('an adapter alone, with no gateway', () => {
  it.each([
    [ADAPTER_README, 'console.log(result);'],
    ['README.md', ''],
  ])('works as %s shows it', async (readme, ending) => {
    await using simulator = await startSimulator();
    const example = exampleOf(readme, '@sluice/provider-openai-compatible');
    const here = example.replace('http://127.0.0.1:8080', simulator.url).replace('smollm2-135m', 'echo');
    expect(await run(`${here}\n${ending}`)).toContain("text: 'Say hello.'");
    expect(simulator.requests).toMatchObject([{ path: '/v1/chat/completions', model: 'echo' }]);
  });

  it('takes ten lines', () => {
    const example = exampleOf(ADAPTER_README, '@sluice/provider-openai-compatible');
    const lines = example.split('\n').filter((line) => line !== '' && !line.startsWith('import '));
    expect(lines.length).toBeLessThanOrEqual(10);
  });
});

describe('a gateway inside a process', () => {
  it.each(['README.md', 'apps/gateway/README.md'])('works as %s shows it', async (readme) => {
    expect(await run(exampleOf(readme, 'sluice'))).toMatch(/object: 'chat\.completion'[^]*finish_reason: 'stop'/);
  });
});

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, capture, run } from '@sluice/tooling-workspace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPage } from './read-page.js';
import { writeProvider } from './write-provider.js';
import type { Template } from './write-provider.js';

const PAGE = readFileSync(join(ROOT, 'docs/adding-a-provider.md'), 'utf8');
const TOOL = dirname(import.meta.dirname);
/** Below this package, so that the new one finds the libraries that this one has. */
const CACHE = join(TOOL, '.cache');

let providers: string;

beforeEach(() => {
  mkdirSync(CACHE, { recursive: true });
  providers = mkdtempSync(join(CACHE, 'walk-'));
  cpSync(join(ROOT, 'packages/providers/cohere/package.json'), join(providers, 'cohere/package.json'));
  for (const file of ['tsconfig.json', 'tsconfig.build.json', 'tsup.config.ts']) {
    cpSync(join(ROOT, 'packages/providers/cohere', file), join(providers, 'cohere', file));
  }
});
afterEach(() => rmSync(providers, { recursive: true }));

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** What the tests of the package in `folder` say. */
async function test(folder: string): Promise<{ readonly passed: number; readonly failed: readonly string[] }> {
  const outputFile = join(folder, 'report.json');
  const config = join(TOOL, 'src/__fixtures__/walk.config.ts');
  const { output } = await capture('vitest', [
    ...['run', '--root', folder, '--config', config],
    ...['--reporter', 'json', '--outputFile', outputFile],
  ]);
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(outputFile, 'utf8')) as Report;
    const all = testResults.flatMap(({ assertionResults }) => assertionResults);
    return { passed: numPassedTests, failed: all.flatMap(({ title, status }) => (status === 'failed' ? [title] : [])) };
  } catch (cause) {
    throw new Error(output, { cause });
  }
}

/** What `pnpm new:provider` writes for Acme, with settings of the compiler that are found from where it is. */
function begin(template: Template): string {
  const folder = writeProvider({ name: 'acme', vendor: 'Acme', template }, providers);
  const config = { extends: join(ROOT, 'tooling/tsconfig/base.json'), include: ['src'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return folder;
}

describe('docs/adding-a-provider.md', () => {
  it('begins with a package whose tests say what is missing', async () => {
    const { failed } = await test(begin('own-api'));
    expect(failed.toSorted()).toEqual([
      'has a recorded request and a recorded answer',
      'has a recorded stream',
      'is finished',
    ]);
  });

  it('ends with one that passes them and compiles', async () => {
    const folder = begin('own-api');
    for (const { path, text } of readPage(PAGE)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    rmSync(join(folder, 'src/to-do.test.ts'));
    const { passed, failed } = await test(folder);
    expect([failed, passed > 50]).toEqual([[], true]);
    await run('tsc', ['-p', join(folder, 'tsconfig.json')]);
  });
});

it('a vendor of OpenAI’s API begins with a package whose tests say what is missing', async () => {
  const { failed } = await test(begin('openai'));
  expect([...new Set(failed)].sort()).toEqual([
    'has a recorded request and a recorded answer',
    'has a recorded stream',
    'is finished',
  ]);
});

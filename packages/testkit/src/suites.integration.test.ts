import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAULTY_DIALECTS } from './__fixtures__/faulty-dialects.js';
import { FAULTY_PROVIDERS } from './__fixtures__/faulty-providers.js';

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly Assertion[] }[];
}
interface Assertion {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
}

/** Runs the suites over every subject with a fault, in a process of its own, for their tests are meant to fail. */
async function runFaulty(folder: string): Promise<readonly Assertion[]> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const config = fileURLToPath(new URL('./__fixtures__/faulty.config.ts', import.meta.url));
  const report = join(folder, 'report.json');
  const args = [vitest, 'run', '--config', config, '--reporter', 'json', '--outputFile', report];
  // The exit code says that tests failed, as they should.
  await promisify(execFile)(process.execPath, args, { cwd: dirname(config) }).catch(() => {});
  const { testResults } = JSON.parse(await readFile(report, 'utf8')) as Report;
  return testResults.flatMap(({ assertionResults }) => assertionResults);
}

describe('the conformance suites', () => {
  let assertions: readonly Assertion[] = [];
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-suites-'));
    assertions = await runFaulty(folder).finally(() => rm(folder, { recursive: true }));
  });

  const failuresOf = (fault: string): readonly string[] =>
    assertions
      .filter(({ ancestorTitles, status }) => ancestorTitles[0] === fault && status === 'failed')
      .map(({ title }) => title);

  it.for(FAULTY_PROVIDERS)('find that $fault', ({ fault, foundBy }) => {
    expect(failuresOf(fault)).toContainEqual(expect.stringContaining(foundBy));
  });

  it.for(FAULTY_DIALECTS)('find that $fault', ({ fault, foundBy }) => {
    expect(failuresOf(fault)).toContainEqual(expect.stringContaining(foundBy));
  });

  it('find little else wrong where there is one fault', () => {
    const passed = assertions.filter(({ status }) => status === 'passed').length;
    expect(passed / assertions.length).toBeGreaterThan(0.9);
  });
});

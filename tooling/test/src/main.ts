import { startVitest } from 'vitest/node';
import { countLine, countTests } from './count.js';

/**
 * `tsx tooling/test/src/main.ts [--no-skips] [FILTER...]`: runs the tests whose files match a filter, or all of them and
 * then with coverage. `--no-skips` makes a skipped test a failure.
 */
const filters = process.argv.slice(2).filter((argument) => argument !== '--no-skips');
const noSkips = process.argv.includes('--no-skips');

// A part of the tests says nothing about coverage.
const vitest = await startVitest('test', filters, { run: true, coverage: { enabled: filters.length === 0 } });
await vitest.close();

const count = countTests(vitest.state.getTestModules(), vitest.state.getUnhandledErrors().length);
const bad = count.failed > 0 || count.passed === 0 || (noSkips && count.skipped > 0);
process.on('exit', () => {
  if (bad) process.exitCode = 1;
  process.stdout.write(`${countLine(count)}\n`);
});

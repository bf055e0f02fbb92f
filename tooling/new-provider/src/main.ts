import { join, relative } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';
import { writeProvider } from './write-provider.js';

const name = process.argv[2];
if (name === undefined) {
  process.stderr.write('usage: pnpm new-provider NAME\n');
  process.exit(2);
}
const folder = relative(ROOT, writeProvider(name, join(ROOT, 'packages/providers')));
process.stdout.write(`Wrote ${folder}. What is left to do is what its tests say:

  pnpm install
  pnpm test ${folder}

Then add it to apps/gateway: its package.json and src/config/definitions.ts.
`);

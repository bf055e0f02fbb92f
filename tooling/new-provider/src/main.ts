import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '@sluice/tooling-workspace';
import { writeProvider } from './write-provider.js';

const USAGE = `usage: pnpm new:provider NAME [VENDOR] [--openai]

  NAME      the kind, such as my-vendor
  VENDOR    what the vendor is called in prose, such as "My Vendor"
  --openai  the vendor speaks OpenAI's API: rules in place of a codec
`;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { openai: { type: 'boolean' } } });
const [name, vendor] = positionals;
if (name === undefined || positionals.length > 2) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const template = values.openai ? 'openai' : 'own-api';
const folder = relative(ROOT, writeProvider({ name, vendor, template }, join(ROOT, 'packages/providers')));
process.stdout.write(`Wrote ${folder}. What is left to do is what its tests say:

  pnpm install
  pnpm test ${folder}

docs/adding-a-provider.md goes through it, and has under "Into the gateway" where else the provider has to be named.
`);

import { existsSync, readdirSync } from 'node:fs';
import { providersPage } from './providers-page.js';

/* What `pnpm docs:providers` writes to docs/providers.md. */
process.stdout.write(
  providersPage((kind) => {
    const folder = new URL(`../../../../packages/providers/${kind}/src/__fixtures__/`, import.meta.url);
    return existsSync(folder) ? readdirSync(folder) : [];
  }),
);

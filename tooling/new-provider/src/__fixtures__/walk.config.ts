import { defineConfig } from 'vitest/config';

const conditions = ['@sluice/source', 'node', 'development|production'];

/** The tests of a package that was written somewhere else, whose folder is the root. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@sluice/source', 'node'] } },
  test: { include: ['src/**/*.test.ts'] },
});

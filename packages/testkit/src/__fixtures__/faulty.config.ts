import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const conditions = ['@sluice/source', 'module', 'node', 'development|production'];

/** Runs the suites that are meant to fail, and only those. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@sluice/source', 'node'] } },
  test: { include: ['src/__fixtures__/*.suite.ts'] },
});

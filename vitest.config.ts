import { defineConfig } from 'vitest/config';

/**
 * Tests run from source: every workspace package resolves to its `src`, no build needed. Libraries resolve as they do in
 * Node, not to the forms that some ship for bundlers.
 */
const conditions = ['@sluice/source', 'node', 'development|production'];
const mainFields: string[] = [];
const SOURCES = '{packages,apps,tooling}/**/src/**';
const NEVER = ['**/node_modules/**', '**/dist/**', 'tooling/new-provider/templates/**'];

/** The files of a worker share what they import: to read the sources anew for each takes four times as long as its tests. */
const shared = { isolate: false };

/**
 * How long a test may hang, and how long a poll asks for what should come about. Neither is a promise of the product, and a
 * busy machine may take its time: a bound that is promised stands in the test itself.
 */
const patient = { testTimeout: 180_000, hookTimeout: 180_000, expect: { poll: { timeout: 45_000 } } };

/** One after another, with nothing beside it: what measures time or starts servers has the machine to itself. */
const alone = { fileParallelism: false };

/** What processes of their own run. */
const served = { globalSetup: ['apps/gateway/src/__fixtures__/bundle-gateway.ts'] };

/** What takes minutes; `pnpm test:long` asks for it. */
const long = {
  extends: true as const,
  test: {
    ...alone,
    ...patient,
    ...served,
    name: 'long',
    include: [`${SOURCES}/*.long.test.ts`],
    exclude: NEVER,
    testTimeout: 900_000,
  },
};

export default defineConfig({
  resolve: { conditions, mainFields },
  ssr: { resolve: { conditions, mainFields, externalConditions: ['@sluice/source', 'node'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          ...patient,
          name: 'unit',
          include: [`${SOURCES}/*.test.ts`],
          exclude: ['**/*.{integration,long}.test.ts', ...NEVER],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          ...alone,
          ...patient,
          ...served,
          name: 'integration',
          include: [`${SOURCES}/*.integration.test.ts`],
          exclude: NEVER,
        },
      },
      ...(process.env['SLUICE_LONG'] ? [long] : []),
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/**/src/**/*.ts', 'apps/*/src/**/*.ts'],
      // main.ts is three lines that only a process of its own can run; the tests that start one do.
      exclude: ['**/*.test.ts', '**/testing/**', '**/__fixtures__/**', 'apps/gateway/src/main.ts'],
      reporter: ['text-summary', 'json-summary', 'lcov'],
      reportOnFailure: true,
      thresholds: { lines: 90, functions: 90, statements: 90, branches: 85 },
    },
  },
});

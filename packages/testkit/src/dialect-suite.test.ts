import { dialectSuite } from './dialect-suite.js';
import { toyDialect } from './__fixtures__/toy-dialect.js';

// What the suite says of dialects with faults is in suites.integration.test.ts.
dialectSuite({
  dialect: toyDialect,
  operation: 'chat',
  fixtures: new URL('./__fixtures__/toy-dialect/', import.meta.url),
  isTerminal: ({ data }) => data === '[END]',
});

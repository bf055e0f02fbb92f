import { toy } from './__fixtures__/toy-provider.js';
import { providerSuite } from './provider-suite.js';

// What the suite says of adapters with faults is in suites.integration.test.ts.
providerSuite({
  definition: toy,
  settings: { kind: 'toy', apiKey: { env: 'TOY_API_KEY' } },
  fixtures: new URL('./__fixtures__/toy/', import.meta.url),
});

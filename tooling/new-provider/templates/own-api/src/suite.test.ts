import { providerSuite } from '@sluice/testkit';
import { acme } from './index.js';

providerSuite({
  definition: acme,
  settings: { kind: 'acme', apiKey: { env: 'ACME_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

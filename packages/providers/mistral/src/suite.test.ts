import { providerSuite } from '@sluice/testkit';
import { mistral } from './index.js';

providerSuite({
  definition: mistral,
  settings: { kind: 'mistral', apiKey: { env: 'MISTRAL_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

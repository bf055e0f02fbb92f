import { providerSuite } from '@sluice/testkit';
import { cohere } from './index.js';

providerSuite({
  definition: cohere,
  settings: { kind: 'cohere', apiKey: { env: 'CO_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

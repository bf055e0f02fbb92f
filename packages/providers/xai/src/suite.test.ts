import { providerSuite } from '@sluice/testkit';
import { xai } from './index.js';

providerSuite({
  definition: xai,
  settings: { kind: 'xai', apiKey: { env: 'XAI_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

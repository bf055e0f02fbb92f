import { providerSuite } from '@sluice/testkit';
import { openai } from './index.js';

providerSuite({
  definition: openai,
  settings: { kind: 'openai', apiKey: { env: 'OPENAI_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

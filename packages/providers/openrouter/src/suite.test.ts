import { providerSuite } from '@sluice/testkit';
import { openrouter } from './index.js';

providerSuite({
  definition: openrouter,
  settings: { kind: 'openrouter', apiKey: { env: 'OPENROUTER_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

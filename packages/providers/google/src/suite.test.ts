import { providerSuite } from '@sluice/testkit';
import { google } from './index.js';

providerSuite({
  definition: google,
  settings: { kind: 'google', apiKey: { env: 'GEMINI_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

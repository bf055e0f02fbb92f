import { providerSuite } from '@sluice/testkit';
import { groq } from './index.js';

providerSuite({
  definition: groq,
  settings: { kind: 'groq', apiKey: { env: 'GROQ_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

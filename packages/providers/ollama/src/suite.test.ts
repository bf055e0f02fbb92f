import { providerSuite } from '@sluice/testkit';
import { ollama } from './index.js';

providerSuite({
  definition: ollama,
  settings: { kind: 'ollama', apiKey: { env: 'OLLAMA_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

import { providerSuite } from '@sluice/testkit';
import { openAiCompatible } from './index.js';

providerSuite({
  definition: openAiCompatible,
  settings: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8080/v1', apiKey: { env: 'LOCAL_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

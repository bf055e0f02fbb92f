import { providerSuite } from '@sluice/testkit';
import { deepseek } from './index.js';

providerSuite({
  definition: deepseek,
  settings: { kind: 'deepseek', apiKey: { env: 'DEEPSEEK_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

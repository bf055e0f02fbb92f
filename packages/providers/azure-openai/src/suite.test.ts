import { providerSuite } from '@sluice/testkit';
import { azureOpenAi } from './index.js';

providerSuite({
  definition: azureOpenAi,
  settings: {
    kind: 'azure-openai',
    baseUrl: 'https://res.openai.azure.com',
    apiKey: { env: 'AZURE_OPENAI_API_KEY' },
  },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

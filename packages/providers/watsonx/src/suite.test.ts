import { providerSuite } from '@sluice/testkit';
import { watsonx } from './index.js';

providerSuite({
  definition: watsonx,
  settings: { kind: 'watsonx', apiKey: { env: 'WATSONX_API_KEY' }, projectId: 'suite-project' },
  deps: (canary) => ({
    secret: () => Promise.resolve('the api key'),
    send: () => {
      const token = JSON.stringify({ access_token: canary, expires_in: 3600, token_type: 'Bearer' });
      return Promise.resolve({ head: { status: 200, headers: {} }, body: Buffer.from(token) });
    },
  }),
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

import { providerSuite } from '@sluice/testkit';
import { answering, keyFile } from './__fixtures__/google-cloud.js';
import { vertex } from './index.js';

providerSuite({
  definition: vertex,
  settings: { kind: 'vertex', project: 'suite', location: 'us-central1', credentials: { file: 'key.json' } },
  deps: (canary) => ({
    secret: () => Promise.resolve(keyFile()),
    send: () => Promise.resolve(answering({ access_token: canary, expires_in: 3599, token_type: 'Bearer' })),
  }),
  alsoAt: [new URL('https://discoveryengine.googleapis.com')],
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

import { providerSuite } from '@sluice/testkit';
import { bedrock } from './definition.js';

providerSuite({
  definition: bedrock,
  settings: {
    kind: 'bedrock',
    region: 'us-east-1',
    accessKeyId: { env: 'AWS_ACCESS_KEY_ID' },
    secretAccessKey: { env: 'AWS_SECRET_ACCESS_KEY' },
  },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

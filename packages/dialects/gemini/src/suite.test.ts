import { dialectSuite } from '@sluice/testkit';
import { geminiBatchEmbed, geminiCountTokens, geminiEmbed, geminiGenerate, geminiStreamGenerate } from './index.js';

const fixtures = new URL('./__fixtures__/', import.meta.url);
const address = { headers: {}, params: { model: 'fast' } };

dialectSuite({ dialect: geminiGenerate, operation: 'chat', fixtures, address });
dialectSuite({
  dialect: geminiStreamGenerate,
  operation: 'stream',
  fixtures,
  address,
  isTerminal: ({ data }) => data.includes('"finishReason"'),
});
dialectSuite({ dialect: geminiCountTokens, operation: 'count', fixtures, address });
dialectSuite({ dialect: geminiEmbed, operation: 'embed', fixtures, address });
dialectSuite({ dialect: geminiBatchEmbed, operation: 'batch', fixtures, address });

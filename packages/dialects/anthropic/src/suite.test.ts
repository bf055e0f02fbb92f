import { dialectSuite } from '@sluice/testkit';
import { anthropicCountTokens, anthropicMessages } from './index.js';

const fixtures = new URL('./__fixtures__/', import.meta.url);

dialectSuite({
  dialect: anthropicMessages,
  operation: 'chat',
  fixtures,
  isTerminal: ({ event }) => event === 'message_stop',
});
dialectSuite({ dialect: anthropicCountTokens, operation: 'countTokens', fixtures });

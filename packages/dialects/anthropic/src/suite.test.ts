import { dialectSuite } from '@sluice/testkit';
import { anthropicMessages } from './index.js';

dialectSuite({
  dialect: anthropicMessages,
  operation: 'chat',
  fixtures: new URL('./__fixtures__/', import.meta.url),
  isTerminal: ({ event }) => event === 'message_stop',
});

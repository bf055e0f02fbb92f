import { dialectSuite } from '@sluice/testkit';
import { openAiResponses } from './dialect.js';

dialectSuite({
  dialect: openAiResponses,
  operation: 'chat',
  fixtures: new URL('./__fixtures__/', import.meta.url),
  isTerminal: ({ event }) => event === 'response.completed' || event === 'response.incomplete',
});

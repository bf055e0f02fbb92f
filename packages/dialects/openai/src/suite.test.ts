import { dialectSuite } from '@sluice/testkit';
import { openAiChat, openAiEmbeddings } from './index.js';

const fixtures = new URL('./__fixtures__/', import.meta.url);

dialectSuite({ dialect: openAiChat, operation: 'chat', fixtures, isTerminal: ({ data }) => data === '[DONE]' });
dialectSuite({ dialect: openAiEmbeddings, operation: 'embed', fixtures });

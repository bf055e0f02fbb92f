import { dialectSuite } from '@sluice/testkit';
import { cohereRerank } from './index.js';

dialectSuite({ dialect: cohereRerank, operation: 'rerank', fixtures: new URL('./__fixtures__/', import.meta.url) });

import { startTarget, tryCorpus } from './__fixtures__/corpus.js';
import { REQUESTS } from './corpus/requests.js';

tryCorpus(REQUESTS, await startTarget());

import { startTarget, tryCorpus } from './__fixtures__/try-corpus.js';
import { REQUESTS } from './__fixtures__/corpus/requests.js';

tryCorpus(REQUESTS, await startTarget());

import { startTarget, tryCorpus } from './__fixtures__/try-corpus.js';
import { URLS } from './__fixtures__/corpus/urls.js';

tryCorpus(URLS, await startTarget());

import { startTarget, tryCorpus } from './__fixtures__/try-corpus.js';
import { PATHS } from './__fixtures__/corpus/paths.js';

tryCorpus(PATHS, await startTarget());

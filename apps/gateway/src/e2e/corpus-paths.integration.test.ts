import { startTarget, tryCorpus } from './__fixtures__/corpus.js';
import { PATHS } from './corpus/paths.js';

tryCorpus(PATHS, await startTarget());

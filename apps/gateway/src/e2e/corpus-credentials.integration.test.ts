import { startTarget, tryCorpus } from './__fixtures__/corpus.js';
import { CREDENTIALS } from './corpus/credentials.js';

tryCorpus(CREDENTIALS, await startTarget());

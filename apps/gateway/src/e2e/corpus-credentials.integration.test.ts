import { startTarget, tryCorpus } from './__fixtures__/try-corpus.js';
import { CREDENTIALS } from './__fixtures__/corpus/credentials.js';

tryCorpus(CREDENTIALS, await startTarget({ auth: { failures: { limit: 1_000_000 } } }));

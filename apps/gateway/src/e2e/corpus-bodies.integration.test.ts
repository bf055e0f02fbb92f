import { startTarget, tryCorpus } from './__fixtures__/try-corpus.js';
import { BODIES, BODY_LIMIT } from './__fixtures__/corpus/bodies.js';

tryCorpus(BODIES, await startTarget({ server: { bodyLimitBytes: BODY_LIMIT } }));

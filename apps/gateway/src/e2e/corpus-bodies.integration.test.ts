import { startTarget, tryCorpus } from './__fixtures__/corpus.js';
import { BODIES, BODY_LIMIT } from './corpus/bodies.js';

tryCorpus(BODIES, await startTarget({ server: { bodyLimitBytes: BODY_LIMIT } }));

import { startTarget, tryCorpus } from './__fixtures__/try-corpus.js';
import { FORMS } from './__fixtures__/corpus/forms.js';

tryCorpus(FORMS, await startTarget());

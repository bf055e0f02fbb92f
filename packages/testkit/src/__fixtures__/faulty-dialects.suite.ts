import { describe } from 'vitest';
import { FAULTY_DIALECTS } from './faulty-dialects.js';
import { dialectSuite } from '../dialect-suite.js';

for (const { fault, dialect } of FAULTY_DIALECTS) {
  describe(fault, () => {
    dialectSuite({
      dialect,
      operation: 'chat',
      fixtures: new URL('./toy-dialect/', import.meta.url),
      isTerminal: ({ data }) => data === '[END]',
    });
  });
}

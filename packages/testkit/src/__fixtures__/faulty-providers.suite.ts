import { describe } from 'vitest';
import { FAULTY_PROVIDERS } from './faulty-providers.js';
import { providerSuite } from '../provider-suite.js';

for (const { fault, definition } of FAULTY_PROVIDERS) {
  describe(fault, () => {
    providerSuite({
      definition,
      settings: { kind: 'toy', apiKey: { env: 'TOY_API_KEY' } },
      fixtures: new URL('./toy/', import.meta.url),
    });
  });
}

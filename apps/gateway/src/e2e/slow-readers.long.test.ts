import { expect, it } from 'vitest';
import { canHaveSmallNetwork, testInSmallNetwork } from './__fixtures__/small-network.js';

it.skipIf(!canHaveSmallNetwork)(
  'F61 2,000 callers who do not read, behind small buffers of the kernel',
  async () => {
    const env = { SLUICE_READERS: '2000', SLUICE_WRITE_TIMEOUT_MS: '30000' };
    expect(await testInSmallNetwork('apps/gateway/src/e2e/slow-readers.integration.test.ts', env)).toBe('');
  },
  240_000,
);

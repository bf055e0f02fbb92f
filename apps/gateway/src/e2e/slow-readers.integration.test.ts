import { expect, it } from 'vitest';
import { expectBoundedReaders } from './__fixtures__/slow-readers.js';
import { canHaveSmallNetwork, isInSmallNetwork, testInSmallNetwork } from './__fixtures__/small-network.js';

const readers = Number(process.env['SLUICE_READERS'] ?? 200);
const writeTimeoutMs = Number(process.env['SLUICE_WRITE_TIMEOUT_MS'] ?? 3_000);

it.runIf(isInSmallNetwork)(
  `F61 ${readers} callers who do not read pause their providers, and are cut off after ${writeTimeoutMs} ms`,
  () => expectBoundedReaders({ readers, writeTimeoutMs }),
  180_000,
);

it.runIf(canHaveSmallNetwork && !isInSmallNetwork)(
  'F61 200 callers who do not read, behind small buffers of the kernel',
  async () => expect(await testInSmallNetwork('apps/gateway/src/e2e/slow-readers.integration.test.ts', {})).toBe(''),
);

it.runIf(!isInSmallNetwork)('F61 ten callers who do not read, behind buffers as large as the kernel likes', () =>
  expectBoundedReaders({ readers: 10, writeTimeoutMs: 2_000 }),
);

import { expect, it } from 'vitest';
import { expectBoundedReaders } from './__fixtures__/slow-readers.js';
import { canHaveSmallNetwork, isInSmallNetwork, testInSmallNetwork } from './__fixtures__/small-network.js';

const FILE = 'apps/gateway/src/e2e/slow-readers.integration.test.ts';
const readers = Number(process.env['SLUICE_READERS'] ?? 200);
const writeTimeoutMs = Number(process.env['SLUICE_WRITE_TIMEOUT_MS'] ?? 6_000);

/** Where there can be no network of its own, as few as the kernel has room for. */
async function expectManyBounded(): Promise<void> {
  if (isInSmallNetwork) return expectBoundedReaders({ readers, writeTimeoutMs });
  if (!canHaveSmallNetwork) return expectBoundedReaders({ readers: 40, writeTimeoutMs });
  expect(await testInSmallNetwork(FILE, {})).toBe('');
}

it('F61, I-02: callers who do not read pause their providers, and are cut off', () => expectManyBounded(), 180_000);

it('F61 ten callers who do not read, behind buffers as large as the kernel likes', async () => {
  if (!isInSmallNetwork) await expectBoundedReaders({ readers: 10, writeTimeoutMs: 12_000 });
});

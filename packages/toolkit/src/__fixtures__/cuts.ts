import type { StreamScanner } from '@sluice/contract';

/** Cuts of the given sizes; what is left comes byte by byte, so that no code point stays whole. */
export function cutUp(all: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  for (const size of cuts) {
    parts.push(all.subarray(from, from + size));
    from += size;
  }
  for (; from < all.length; from += 1) parts.push(all.subarray(from, from + 1));
  return parts;
}

/** All that can be seen of a scanner that was given these reads, to compare by. */
export function outcomeOf(scanner: StreamScanner, reads: readonly Uint8Array[]): unknown {
  const passed = reads.map((read) => scanner.push(read));
  let cut = false;
  try {
    passed.push(scanner.end());
  } catch {
    cut = true;
  }
  return {
    passed: Buffer.concat(passed).toString(),
    cut,
    committed: scanner.committed,
    failure: scanner.failure?.code,
    summary: scanner.summary(),
  };
}

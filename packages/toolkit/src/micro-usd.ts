const PICO_PER_MICRO = 1_000_000n;

/** Whole micro-USD, the nearest; as many as a number can hold at most. */
export function toMicroUsd(pico: bigint): number {
  return Math.min(Number((pico + PICO_PER_MICRO / 2n) / PICO_PER_MICRO), Number.MAX_SAFE_INTEGER);
}

const PICO_PER_MICRO = 1_000_000n;

/** Of pico-USD, whole micro-USD, the nearest; as many as a number can hold at most. */
export function toMicroUsd(picoUsd: bigint): number {
  return Math.min(Number((picoUsd + PICO_PER_MICRO / 2n) / PICO_PER_MICRO), Number.MAX_SAFE_INTEGER);
}

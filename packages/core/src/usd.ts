const PICO_PER_NANO = 1_000n;
const PICO_DIGITS = 12;

/** Whole nano-USD, rounded up. */
export function toNanoUsd(pico: bigint): number {
  return Math.min(Number((pico + PICO_PER_NANO - 1n) / PICO_PER_NANO), Number.MAX_SAFE_INTEGER);
}

/** Exact, in plain decimal digits: `0.0000125`. */
export function writeUsd(pico: bigint): string {
  const digits = pico.toString().padStart(PICO_DIGITS + 1, '0');
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '');
  const whole = digits.slice(0, -PICO_DIGITS);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

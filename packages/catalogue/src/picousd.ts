const DECIMAL = /^(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const PICO_DIGITS = 12;

/**
 * An amount of USD in decimal digits (`2.5`, `1.25e-06`) as whole pico-USD, the nearest where it has more digits than
 * that; nothing where the text is no such amount or the result could not be held exactly.
 */
export function toPicoUsd(usd: string): number | undefined {
  const pico = toPico(usd);
  return pico === undefined || pico > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(pico);
}

/** The same, of whatever size. */
export function toPico(usd: string): bigint | undefined {
  const [, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(usd) ?? [];
  if (whole === '') return undefined;
  const shift = PICO_DIGITS + Number(exponent) - fraction.length;
  if (shift > 2 * PICO_DIGITS) return undefined;
  return shifted(BigInt(whole + fraction), shift);
}

function shifted(digits: bigint, shift: number): bigint {
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (2n * digits + divisor) / (2n * divisor);
}

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of a time as people write it: `30s`, `15m`, `1h`, `7d`, `2w`. `NaN` for anything else. */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * (MS_PER_UNIT[text.slice(-1)] ?? Number.NaN);
}

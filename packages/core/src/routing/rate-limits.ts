type Headers = Readonly<Record<string, string>>;

/** Where vendors tell how much of a limit is left, by what they count. */
interface LimitHeaders {
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

/**
 * OpenAI's names, which Azure, Groq and others share, and Anthropic's.
 * https://platform.openai.com/docs/guides/rate-limits, https://console.groq.com/docs/rate-limits,
 * https://platform.claude.com/docs/en/api/rate-limits#response-headers
 */
const LIMITS: readonly LimitHeaders[] = [
  ...['requests', 'tokens'].map((unit) => ({
    limit: `x-ratelimit-limit-${unit}`,
    remaining: `x-ratelimit-remaining-${unit}`,
    reset: `x-ratelimit-reset-${unit}`,
  })),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map((unit) => ({
    limit: `anthropic-ratelimit-${unit}-limit`,
    remaining: `anthropic-ratelimit-${unit}-remaining`,
    reset: `anthropic-ratelimit-${unit}-reset`,
  })),
];

/** Where a vendor does not say when a limit is whole again: limits are mostly counted by the minute. */
const USUAL_RESET_MS = 60_000;

export function hasLimits(headers: Headers): boolean {
  return (
    headers['x-ratelimit-remaining-requests'] !== undefined ||
    headers['x-ratelimit-remaining-tokens'] !== undefined ||
    headers['anthropic-ratelimit-requests-remaining'] !== undefined
  );
}

/**
 * The share of its limits that a provider has left, 0 to 1, by the limit that is nearest its end. Limits fill up again
 * steadily until their reset: what the headers say is carried on by their age. Nothing where they tell of no limit.
 */
export function shareLeft(headers: Headers, ageMs: number): number | undefined {
  let least: number | undefined;
  for (const names of LIMITS) {
    const limit = toNumber(headers[names.limit]);
    const remaining = toNumber(headers[names.remaining]);
    if (limit === undefined || remaining === undefined || limit <= 0) continue;
    const share = Math.min(1, Math.max(0, remaining) / limit);
    const resetMs = parseReset(headers[names.reset], headers['date']) ?? USUAL_RESET_MS;
    const now = resetMs > 0 ? Math.min(1, share + (1 - share) * (ageMs / resetMs)) : 1;
    least = Math.min(least ?? 1, now);
  }
  return least;
}

function toNumber(text: string | undefined): number | undefined {
  const number = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/** Milliseconds until a limit is whole again: `6m0s`, plain seconds, or a date that is held against the answer's own. */
function parseReset(text: string | undefined, date: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (DURATION.test(text)) {
    let sum = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
      sum += Number(amount) * (UNITS[unit as string] as number);
    }
    return sum;
  }
  const seconds = toNumber(text);
  if (seconds !== undefined) return seconds * 1_000;
  const untilMs = Date.parse(text) - Date.parse(date ?? '');
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs);
}

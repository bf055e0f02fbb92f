const MAX_CHARS = 1_000;
/** Keys by their prefix, and only with a digit or a mask in them: `skip_special_tokens` is a word. */
const SECRET = /\b(?:(?:sk|pk|rk|xai|gsk|key)[-_]|bearer +|AIza)(?=[\w.*-]*[\d*])[\w.*-]{8,}/gi;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** A vendor's words made fit to show: one line, no markup page, nothing that looks like a key. Nothing where none is left. */
export function safeMessage(text: string | undefined): string | undefined {
  if (!text || /^\s*</.test(text)) return undefined;
  const clean = text.slice(0, MAX_CHARS).replace(CONTROL, ' ').replace(SECRET, '[redacted]').trim();
  return clean === '' ? undefined : clean;
}

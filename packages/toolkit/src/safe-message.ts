const MAX_CHARS = 1_000;
/**
 * A credential by what it begins with, and only with a digit, a mask or a change of case in it: `skip_special_tokens`,
 * `key-index.ts` and "Basic authentication" are words. It may stand behind the `\n` of a JSON text.
 */
const SECRET =
  /(?<=^|[^A-Za-z0-9]|\\[bfnrt])(?:(?:(?:sk|pk|rk|xai|gsk|key)[-_]|AIza|AKIA)(?=[\w.*-]{0,64}(?:[\d*]|[a-z][A-Z]))[\w.*-]{8,}|[Bb](?:earer|asic) +(?=[\w.*+/~-]{0,64}(?:[\d*]|[a-z][A-Z]))[\w.*+/~-]{8,}=*)/g;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** The text with `[redacted]` in place of what looks like a credential of ours or of a vendor. JSON text stays valid. */
export function redactSecrets(text: string): string {
  return text.replace(SECRET, '[redacted]');
}

/** A vendor's words made fit to show: one line, no markup page, nothing that looks like a key. Nothing where none is left. */
export function safeMessage(text: string | undefined): string | undefined {
  if (!text || /^\s*</.test(text)) return undefined;
  const clean = redactSecrets(text.slice(0, MAX_CHARS).replace(CONTROL, ' ')).trim();
  return clean === '' ? undefined : clean;
}

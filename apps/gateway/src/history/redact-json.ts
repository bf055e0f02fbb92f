import { tryParseJson } from '@sluice/toolkit';

/** Takes out of a text what nobody may read later. */
export type Redact = (text: string) => string;

/** A string, which may be cut, or a number of so many digits that it may mean somebody. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\d{6,}(?:\.\d+)?/gs;

/** Every string, and every long number, by itself; the rest stays to the letter. */
export function redactJson(text: string, redact: Redact): string {
  return text.replaceAll(TOKEN, (token) => {
    const value = token.startsWith('"') ? readString(token) : token;
    const clean = redactValue(value, redact);
    return clean === value ? token : JSON.stringify(clean);
  });
}

/** A text that is JSON itself, as the arguments of tools are, is read as such. */
export function redactValue(value: string, redact: Redact): string {
  const clean = redact(value);
  return /^\s*[[{]/.test(clean) && clean.includes('\\') ? redactJson(clean, redact) : clean;
}

/** The text of a literal; of one that is cut or damaged, as much as can be read. */
function readString(literal: string): string {
  for (const candidate of [literal, `${literal}"`, `${literal.replace(/\\[^\\]{0,5}$/, '')}"`]) {
    const text = tryParseJson(candidate);
    if (typeof text === 'string') return text;
  }
  return literal.slice(1);
}

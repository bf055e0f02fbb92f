const LF = 0x0a;
const CLOSING_BRACE = 0x7d;
const CLOSING_BRACKET = 0x5d;

/**
 * Behind the next frame whose last character closes neither an object nor a list, or -1: a comment, or an event that was
 * cut short. What frames hold is not looked at, so one that is broken in its middle is not found.
 */
export function findOdd(text: string, from: number): number {
  for (let at = text.indexOf('\n\n', from); at >= 0; at = text.indexOf('\n\n', at + 2)) {
    const last = text.charCodeAt(at - 1);
    if (last !== CLOSING_BRACE && last !== CLOSING_BRACKET && last !== LF && at > from) return at + 2;
  }
  return -1;
}

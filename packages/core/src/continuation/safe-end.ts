/**
 * Where a text may end that another model is to go on with: behind its last whole character that is no white space.
 * Half a code point has no form in a request, and some vendors refuse a beginning that ends in white space.
 */
export function safeEnd(text: string): number {
  let end = text.length;
  while (end > 0 && isUnsafe(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

const SPACE = /\s/;

function isUnsafe(code: number): boolean {
  const isLeadSurrogate = code >= 0xd800 && code <= 0xdbff;
  // What other languages count as white space besides: separators of files and records, and the next line.
  return isLeadSurrogate || (code >= 0x1c && code <= 0x1f) || code === 0x85 || SPACE.test(String.fromCharCode(code));
}

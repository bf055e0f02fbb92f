/**
 * What spreadsheets would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection, with the full-width
 * forms that some of them read alike.
 */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
/**
 * Where the reader's locale parts cells by something else than commas, cells begin in the midst of ours. Quotes prevent that
 * for the first cell of a line alone: only what begins with a quote is quoted.
 */
const FORMULA_WITHIN = /([;\t\r\n])(?=[ \u00A0"]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;
const NEEDS_QUOTES = /[",\r\n]/;

/** One line of CSV by RFC 4180, its end included. What would begin a formula, in whatever locale, has an apostrophe before it. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  const within = cell.replaceAll(FORMULA_WITHIN, "$1'");
  const text = FORMULA.test(within) ? `'${within}` : within;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import { redactValue } from './redact-json.js';
import type { Redact } from './redact-json.js';

interface Piece {
  readonly at: Record<string, unknown>;
  readonly name: string;
  readonly text: string;
}

/** So much of the end of a text that was cut is left out: what it would have become is not known. */
const TAIL = 128;
/** What says the same in every part, and is so long, names something: it is no text in pieces. */
const LONGEST_REPEATED_PIECE = 8;

/**
 * Redacts the parts of an answer, in place, and says whether anything was changed. What one text comes in, a piece with
 * each part, is read as the one text that it is: where something of it is taken out, the clean text stands in the first
 * part, and nothing in the others.
 */
export function redactPieces(parts: readonly unknown[], redact: Redact, isCut = false): boolean {
  const texts = new Map<string, Piece[]>();
  for (const part of parts) if (typeof part === 'object' && part !== null) collect(part, '', texts);
  let isChanged = false;
  for (const pieces of texts.values()) {
    isChanged = (isOneText(pieces) ? redactText(pieces, redact, isCut) : redactEach(pieces, redact)) || isChanged;
  }
  return isChanged;
}

/** By where they stand; parts that count themselves, as `index` and `output_index` do, are told apart by their number. */
function collect(node: object, path: string, texts: Map<string, Piece[]>): void {
  const own = path + numbersOf(node);
  for (const [name, value] of Object.entries(node) as [string, unknown][]) {
    const here = `${own}/${Array.isArray(node) ? '' : name}`;
    if (typeof value === 'object' && value !== null) collect(value, here, texts);
    const piece = { at: node as Record<string, unknown>, name, text: String(value) };
    if (typeof value === 'string') add(texts, here, piece);
    // A number is whole by itself.
    if (typeof value === 'number') add(texts, `${here} ${texts.size}`, piece);
  }
}

function add(texts: Map<string, Piece[]>, key: string, piece: Piece): void {
  const known = texts.get(key);
  if (known) known.push(piece);
  else texts.set(key, [piece]);
}

function numbersOf(node: object): string {
  if (Array.isArray(node)) return '';
  const numbers = Object.entries(node).filter(([name, value]) => name.endsWith('ndex') && typeof value === 'number');
  return numbers.map(([name, value]) => `:${name}=${value as number}`).join('');
}

function isOneText(pieces: readonly Piece[]): boolean {
  const first = pieces[0]?.text ?? '';
  return pieces.length > 1 && (first.length <= LONGEST_REPEATED_PIECE || pieces.some(({ text }) => text !== first));
}

function redactText(pieces: readonly Piece[], redact: Redact, isCut: boolean): boolean {
  const whole = pieces.map(({ text }) => text).join('');
  const clean = redactValue(whole, redact);
  if (clean === whole && !isCut) return redactEach(pieces, redact);
  pieces.forEach(({ at, name }, index) => {
    at[name] = index > 0 ? '' : isCut ? clean.slice(0, -TAIL) : clean;
  });
  return true;
}

function redactEach(pieces: readonly Piece[], redact: Redact): boolean {
  let isChanged = false;
  for (const { at, name, text } of pieces) {
    const clean = redactValue(text, redact);
    if (clean === text) continue;
    at[name] = clean;
    isChanged = true;
  }
  return isChanged;
}

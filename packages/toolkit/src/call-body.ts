import { gatewayError } from '@sluice/contract';
import type { RawCall, UpstreamRequest } from '@sluice/contract';
import { asBuffer } from './bytes.js';
import { addTopLevel, leadingValue, setTopLevel } from './json-edit.js';
import type { ByteRange } from './json-edit.js';
import { cutStrings } from './cut-strings.js';
import { parseGuarded } from './json-guard.js';
import { isJsonObject, parseExact } from './json.js';

const OPEN_BRACE = 0x7b;
const COMMA = 0x2c;
const QUOTE = 0x22;
/** From this size on, what stays the same is handed on as it is; below it, one copy is cheaper than a second piece. */
const PIECES_BYTES = 16_384;

/** From this size on a body is looked through for strings that need not be read. */
const CUT_CHARACTERS = 16_384;

/** A caller's body, read as far as a call that passes through needs it. */
export interface ParsedCallBody {
  readonly wire: unknown;
  /**
   * Reads all of it: of the long strings `wire` has the beginning only. Throws a `SyntaxError` where one of them is not
   * as JSON wants it. Absent where `wire` is the whole.
   */
  readonly whole?: () => unknown;
  /** Where the value of `model` stands, when it comes first and is known to be the only one. */
  readonly modelAt?: ByteRange;
}

/**
 * Parses a request's body, once, as {@link parseGuarded} does, which says what it throws. Of a large body the long strings wait for
 * somebody who wants them: where the bytes are handed on, nobody does.
 *
 * Most clients send `model` first. Then the rest is parsed without it: that tells for nothing whether another `model`
 * hides behind it, in whatever spelling, which a search through the bytes of a long prompt would not.
 */
export function parseCallBody(body: Buffer): ParsedCallBody {
  const modelAt = leadingValue(body, 'model');
  const rest = modelAt && textAfter(body, modelAt.end);
  if (!modelAt || rest === undefined) return read(body, body.toString('utf8'));
  const model = parseModel(body.toString('utf8', modelAt.start, modelAt.end));
  const { wire: members, ...whole } = read(body, rest);
  if (!isJsonObject(members) || !Object.hasOwn(members, 'model'))
    return { wire: { model, ...(members as object) }, ...whole, modelAt };
  throw gatewayError('duplicate_key', { message: '"model" stands twice.', details: { param: 'model' } });
}

/** What a text says that is the body's, or the end of it. The text itself is not kept. */
function read(body: Buffer, text: string): ParsedCallBody {
  const cut = text.length < CUT_CHARACTERS ? undefined : cutStrings(text);
  if (cut === undefined) return { wire: parseGuarded(text) };
  return { wire: parseGuarded(cut), whole: () => parseExact(body.toString('utf8')) };
}

function parseModel(text: string): unknown {
  return text.startsWith('"') ? JSON.parse(text) : parseGuarded(text);
}

/** The members behind the first one as an object's text; nothing where there are none. */
function textAfter(body: Buffer, end: number): string | undefined {
  const comma = skipSpace(body, end);
  // A comma before the closing brace is a fault that the full parse shall find.
  if (body[comma] !== COMMA || body[skipSpace(body, comma + 1)] !== QUOTE) return undefined;
  // While it is decoded, the comma is the opening brace: one put in front of the text would have all of it copied again.
  body[comma] = OPEN_BRACE;
  try {
    return body.toString('utf8', comma);
  } finally {
    body[comma] = COMMA;
  }
}

/** What is changed of a body that passes through; everything else stays byte for byte. */
export interface BodyEdit {
  readonly model: string;
  /** A member for which the caller's body has none yet. */
  readonly add?: { readonly key: string; readonly value: unknown };
}

/** The caller's bytes with another model, and perhaps one more member. All other bytes stay as they came. */
export function editCallBody(
  { body, modelAt }: Pick<RawCall, 'body' | 'modelAt'>,
  { model, add }: BodyEdit,
): NonNullable<UpstreamRequest['body']> {
  if (!modelAt) {
    const named = setTopLevel(body, 'model', model);
    return add ? addTopLevel(named, add.key, add.value) : named;
  }
  const extra = add ? `,${JSON.stringify(add.key)}:${JSON.stringify(add.value)}` : '';
  return replaceRange(asBuffer(body), modelAt, `${JSON.stringify(model)}${extra}`);
}

function replaceRange(bytes: Buffer, { start, end }: ByteRange, text: string): Buffer | readonly Uint8Array[] {
  const leadBytes = start + Buffer.byteLength(text);
  const rest = bytes.length - end;
  const inPieces = rest >= PIECES_BYTES;
  const edited = Buffer.allocUnsafe(inPieces ? leadBytes : leadBytes + rest);
  bytes.copy(edited, 0, 0, start);
  edited.write(text, start);
  if (inPieces) return [edited, bytes.subarray(end)];
  bytes.copy(edited, leadBytes, end);
  return edited;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}

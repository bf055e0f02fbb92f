import { tryParseJson } from '@sluice/toolkit';
import { redactEvents } from './redact-events.js';
import { redactJson } from './redact-json.js';
import type { Redact } from './redact-json.js';
import { redactPieces } from './redact-pieces.js';

export interface CapturedBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** How many of them are more than may be kept. */
  readonly excess: number;
}
export interface RedactedBody {
  readonly text: string;
  /** There was more. */
  readonly isCut: boolean;
}

/**
 * So much more than is kept is captured: it is redacted with the rest and then left out, for at a cut it is not known
 * what would have been found.
 */
export const LOOKAHEAD = 1_024;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json/i;
/** A body as it may be kept; nothing for one that is no text, such as a picture, a recording or a form. */
export function redactBody({ contentType, bytes, excess }: CapturedBody, redact: Redact): RedactedBody | undefined {
  const isCut = excess > 0;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (contentType.startsWith('text/event-stream')) return { text: redactEvents(text, isCut, redact), isCut };
  const isJson = JSON_TYPE.test(contentType);
  if (!isJson && !contentType.startsWith('text/')) return undefined;
  const clean = isJson ? redactDocument(text, redact) : redact(text);
  return clean === undefined ? undefined : { text: isCut ? clean.slice(0, -excess) : clean, isCut };
}

/** Nothing for a list that is not whole: its texts may come in pieces, and those of the rest are not there. */
function redactDocument(text: string, redact: Redact): string | undefined {
  const value = tryParseJson(text);
  if (Array.isArray(value)) return redactPieces(value, redact) ? JSON.stringify(value) : text;
  if (text.trimStart().startsWith('[')) return undefined;
  const clean = redactJson(text, redact);
  // What is no JSON has no strings to go by.
  return value === undefined ? redact(clean) : clean;
}

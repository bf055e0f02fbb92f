import { isExactNumber, isJsonObject } from '@sluice/toolkit';
import type { JsonObject } from '@sluice/contract';
import { mapJsonText } from './json-text.js';

/** What becomes of one text. */
export type MapText = (text: string, kind: string) => string;

export interface Mapping {
  map: MapText;
  /** What kind the texts within an object are of; `kind` where the object does not say. */
  kindOf(object: JsonObject, kind: string): string;
  /** Arguments of tools are one text each, and not one for each string in them. */
  readonly wholeJson?: boolean;
  /** Told of every string, those that are no texts too. */
  see?(text: string): void;
}

/** Members of canonical requests and answers that are names of the grammar, ids, or bytes; and what only vendors can read. */
const NO_TEXT: ReadonlySet<string> = new Set([
  'type',
  'role',
  'id',
  'callId',
  'kind',
  'dialect',
  'model',
  'mediaType',
  'base64',
  'format',
  'raw',
  'unified',
  'signature',
  'encrypted_content',
  'thoughtSignature',
  'thought_signature',
]);
const TEXT_TYPE = /^(?:text\/|application\/(?:json|xml|x-yaml|x-ndjson)\b)/;

/**
 * Changes every text in a canonical request or answer, wherever it stands: parts of messages, arguments of tools, what has
 * no place in the canonical form. Gives back the very object where nothing has changed. Pictures, sound and documents
 * that are no plain text are left alone.
 */
export function mapTexts<T>(value: T, mapping: Mapping): T {
  return walk(value, { key: '', kind: 'other' }, mapping) as T;
}

interface Place {
  readonly key: string;
  readonly kind: string;
}

function walk(value: unknown, place: Place, mapping: Mapping): unknown {
  if (typeof value === 'string') return mapString(value, place, mapping);
  if (Array.isArray(value)) return mapList(value, place, mapping);
  const isPlain = isJsonObject(value) && !ArrayBuffer.isView(value) && !isExactNumber(value);
  return isPlain ? mapObject(value, place, mapping) : value;
}

function mapString(text: string, { key, kind }: Place, { map, see }: Mapping): string {
  see?.(text);
  return NO_TEXT.has(key) || isDataUrl(text) ? text : map(text, kind);
}

function isDataUrl(text: string): boolean {
  return text.startsWith('data:') && text.slice(0, 128).includes(';base64,');
}

function mapList(list: readonly unknown[], place: Place, mapping: Mapping): readonly unknown[] {
  // Vectors and token ids have no text in them.
  if (typeof list[0] === 'number') return list;
  let mapped: unknown[] | undefined;
  for (const [i, value] of list.entries()) {
    const next = walk(value, place, mapping);
    if (next !== value) (mapped ??= [...list])[i] = next;
  }
  return mapped ?? list;
}

function mapObject(object: JsonObject, { kind: around }: Place, mapping: Mapping): JsonObject {
  const kind = mapping.kindOf(object, around);
  let mapped: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(object)) {
    const next = mapMember(object, { key, kind }, mapping) ?? walk(value, { key, kind }, mapping);
    if (next !== value) (mapped ??= { ...object })[key] = next;
  }
  return mapped ?? object;
}

/** Members that hold a text in another form. */
function mapMember(object: JsonObject, { key, kind }: Place, { map, see, wholeJson }: Mapping): string | undefined {
  const value = object[key];
  if (typeof value !== 'string') return undefined;
  if (key === 'json' && object['type'] === 'tool-call') {
    see?.(value);
    return wholeJson ? map(value, kind) : mapJsonText(value, (text) => map(text, kind));
  }
  const isTextFile = key === 'base64' && typeof object['mediaType'] === 'string' && TEXT_TYPE.test(object['mediaType']);
  if (!isTextFile) return undefined;
  see?.(value);
  const text = Buffer.from(value, 'base64').toString();
  const mapped = map(text, kind);
  return mapped === text ? value : Buffer.from(mapped).toString('base64');
}

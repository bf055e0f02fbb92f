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
  /** The value is in the words of its writer's API, and not in the canonical form. */
  readonly isForeign?: boolean;
}

/** Members of canonical requests and answers that are names of the grammar, or ids. */
const NO_TEXT: ReadonlySet<string> = new Set([
  'type',
  'role',
  'id',
  'callId',
  'kind',
  'dialect',
  'model',
  'mediaType',
  'format',
  'raw',
  'unified',
]);
/** Members of canonical objects in which others speak: the caller, a vendor, a JSON Schema. No name says what is in there. */
const FOREIGN: ReadonlySet<string> = new Set(['fields', 'data', 'schema']);
/** What stands under `type` and `role` in the words of any API. */
const GRAMMAR: ReadonlySet<string> = new Set(
  `system developer user assistant model tool function message text input_text output_text refusal reasoning summary_text
   reasoning_text thinking redacted_thinking image image_url input_image file input_file input_audio audio document search_result
   tool_use tool_result server_tool_use function_call function_call_output custom custom_tool_call custom_tool_call_output
   item_reference base64 url content ephemeral enabled disabled adaptive auto any none required json_object json_schema
   object array string number integer boolean null OBJECT ARRAY STRING NUMBER INTEGER BOOLEAN NULL`.split(/\s+/),
);
/** Members that hold bytes, and state that vendors sealed: no text as long as they hold nothing else. */
const BYTES: ReadonlySet<string> = new Set([
  'base64',
  'signature',
  'encrypted_content',
  'thoughtSignature',
  'thought_signature',
]);
/** In one line, or in those of RFC 2045 and RFC 7468. */
const BASE64 = /^(?:[A-Za-z0-9+/_-]{64,76}\r?\n)*[A-Za-z0-9+/_=-]*\n?$/;
/** The smallest picture is longer; numbers, addresses and keys are not. */
const MIN_BYTES = 40;
const DATA_URL = /^data:([^,\s]{0,128}?);base64,([A-Za-z0-9+/_=-]*)$/;
/** A data URL that names no type is of `text/plain` (https://www.rfc-editor.org/rfc/rfc2397). */
const TEXT_TYPE = /^(?:$|;|text\/|application\/(?:json|xml|x-yaml|x-ndjson)\b)/i;

/**
 * Changes every text in a canonical request or answer, wherever it stands: parts of messages, arguments of tools, what has
 * no place in the canonical form. Gives back the very object where nothing has changed. Pictures, sound and documents
 * that are no plain text are left alone; what only claims to be one of them is read.
 */
export function mapTexts<T>(value: T, mapping: Mapping): T {
  return walk(value, { key: '', kind: 'other', isForeign: mapping.isForeign === true }, mapping) as T;
}

interface Place {
  readonly key: string;
  readonly kind: string;
  readonly isForeign: boolean;
}

function walk(value: unknown, place: Place, mapping: Mapping): unknown {
  if (typeof value === 'string') return mapString(value, place, mapping);
  if (Array.isArray(value)) return mapList(value, place, mapping);
  const isPlain = isJsonObject(value) && !ArrayBuffer.isView(value) && !isExactNumber(value);
  return isPlain ? mapObject(value, place, mapping) : value;
}

function mapString(text: string, place: Place, mapping: Mapping): string {
  mapping.see?.(text);
  if (isNoText(text, place)) return text;
  const [whole, type = '', base64 = ''] = (text.startsWith('data:') && DATA_URL.exec(text)) || [];
  if (whole === undefined) return mapping.map(text, place.kind);
  if (TEXT_TYPE.test(type)) return `data:${type};base64,${mapBase64(base64, place, mapping)}`;
  return isBytes(base64) ? text : mapping.map(text, place.kind);
}

function isNoText(text: string, { key, isForeign }: Place): boolean {
  if (BYTES.has(key)) return isBytes(text);
  if (!isForeign) return NO_TEXT.has(key);
  return (key === 'type' || key === 'role') && GRAMMAR.has(text);
}

function isBytes(text: string): boolean {
  return text.length >= MIN_BYTES && BASE64.test(text);
}

/** What does not decode to text may have been text itself. */
function mapBase64(base64: string, { kind }: Place, { map, see }: Mapping): string {
  const text = Buffer.from(base64, 'base64').toString();
  see?.(text);
  const mapped = map(text, kind);
  const other = text.includes('\uFFFD') ? map(base64, kind) : base64;
  return mapped === text ? other : Buffer.from(mapped).toString('base64');
}

function mapList(list: readonly unknown[], place: Place, mapping: Mapping): readonly unknown[] {
  // Vectors and token ids have no text in them.
  if (list.every((value) => typeof value === 'number')) return list;
  let mapped: unknown[] | undefined;
  for (const [i, value] of list.entries()) {
    const next = walk(value, place, mapping);
    if (next !== value) (mapped ??= [...list])[i] = next;
  }
  return mapped ?? list;
}

function mapObject(object: JsonObject, { kind: around, isForeign }: Place, mapping: Mapping): JsonObject {
  const kind = mapping.kindOf(object, around);
  let mapped: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(object)) {
    const place = { key, kind, isForeign: isForeign || FOREIGN.has(key) };
    const next = mapMember(object, place, mapping) ?? walk(value, place, mapping);
    if (next !== value) (mapped ??= { ...object })[key] = next;
  }
  return mapped ?? object;
}

/** Canonical members that hold a text in another form. */
function mapMember(object: JsonObject, place: Place, mapping: Mapping): string | undefined {
  const { key, kind, isForeign } = place;
  const { map, see, wholeJson } = mapping;
  const value = object[key];
  if (isForeign || typeof value !== 'string') return undefined;
  if (key === 'json' && object['type'] === 'tool-call') {
    see?.(value);
    return wholeJson ? map(value, kind) : mapJsonText(value, (text) => map(text, kind));
  }
  const isTextFile = key === 'base64' && typeof object['mediaType'] === 'string' && TEXT_TYPE.test(object['mediaType']);
  if (!isTextFile || !BASE64.test(value)) return undefined;
  see?.(value);
  return mapBase64(value, place, mapping);
}

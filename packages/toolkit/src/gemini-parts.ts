import type { AssistantPart, JsonObject, ReasoningPart, ToolCallPart, UserPart } from '@sluice/contract';
import { toToolInput } from './anthropic-shapes.js';
import { readMedia, writeMedia } from './gemini-media.js';
import { geminiFields, geminiState, stateBeside } from './gemini-shapes.js';
import { isJsonObject } from './json.js';

/**
 * Parts of a content, both ways. Shapes: npm @google/genai 3.3.0, dist/genai.d.ts, `Part`. Any part may carry a
 * `thoughtSignature`, also one whose text is empty, and the vendor wants each back on the part that it came with:
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */

const TEXT: ReadonlySet<string> = new Set(['text', 'thought']);
const CALL: ReadonlySet<string> = new Set(['functionCall']);
const SIGNATURE_ONLY: ReadonlySet<string> = new Set(['text']);

/**
 * What the model said in one part; nothing for an empty one. A call without an id gets the one that `mintId` gives.
 * A part that has no place in a chat, such as code that the vendor ran itself, stays as it is for whoever knows it.
 */
export function readModelPart(part: JsonObject, mintId: () => string): AssistantPart | undefined {
  const { text, functionCall } = part;
  if (typeof text === 'string') return readText(part, text);
  if (isJsonObject(functionCall)) return readCall(part, functionCall, mintId);
  // A picture that the model drew for itself, while it thought, is none of its answer's.
  const media = part.thought === true ? undefined : readMedia(part);
  if (media && (media.type === 'audio' || isPicture(media))) return media;
  if (Object.keys(part).every((name) => name === 'thoughtSignature' || name === 'thought')) return readText(part, '');
  return { type: 'vendor', state: geminiState(part) };
}

/** State without words is reasoning that nobody sees, whichever kind of part brought it. */
function readText(part: JsonObject, text: string): AssistantPart | undefined {
  if (text !== '') return { type: part.thought === true ? 'reasoning' : 'text', text, ...stateBeside(part, TEXT) };
  if (part.thoughtSignature === undefined) return undefined;
  return { type: 'reasoning', text, ...stateBeside(part, SIGNATURE_ONLY) };
}

function readCall(part: JsonObject, { id, name, args }: JsonObject, mintId: () => string): ToolCallPart {
  return {
    type: 'tool-call',
    id: typeof id === 'string' && id !== '' ? id : mintId(),
    name: typeof name === 'string' ? name : '',
    json: JSON.stringify(args ?? {}),
    ...stateBeside(part, CALL),
  };
}

function isPicture(media: NonNullable<ReturnType<typeof readMedia>>): media is AssistantPart & typeof media {
  return media.type === 'image' && media.source.kind === 'base64';
}

/** What the model said, as a part of a history or of an answer; nothing where it would be empty or is another vendor's. */
export function writeModelPart(part: AssistantPart, options: { readonly callIds: boolean }): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return part.text === '' && !geminiFields(part.opaque) ? undefined : { text: part.text, ...fieldsOf(part) };
    case 'refusal':
      return part.text === '' ? undefined : { text: part.text };
    case 'reasoning':
      return writeReasoning(part);
    case 'tool-call':
      return { functionCall: writeCall(part, options.callIds), ...fieldsOf(part) };
    case 'image':
    case 'audio':
      return { ...writeMedia(part), ...fieldsOf(part) };
    case 'vendor':
      return geminiFields(part.state);
  }
}

function writeReasoning(part: ReasoningPart): JsonObject | undefined {
  if (part.text !== '') return { text: part.text, thought: true, ...fieldsOf(part) };
  const fields = geminiFields(part.opaque);
  return fields && { text: '', ...fields };
}

function writeCall({ id, name, json }: ToolCallPart, withId: boolean): JsonObject {
  return { ...(withId ? { id } : {}), name, args: toToolInput(json) };
}

/** What a user said, or a tool gave back. Throws `invalid_value` for a file that another vendor keeps. */
export function writeUserPart(part: UserPart): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return part.text === '' ? undefined : { text: part.text, ...fieldsOf(part) };
    case 'image':
    case 'file':
    case 'audio':
      return { ...writeMedia(part), ...fieldsOf(part) };
    case 'vendor':
      return geminiFields(part.state);
  }
}

/** A part of a user's content that is no result of a tool. */
export function readUserPart(part: JsonObject): UserPart {
  if (typeof part.text === 'string') return { type: 'text', text: part.text, ...stateBeside(part, TEXT) };
  return readMedia(part) ?? { type: 'vendor', state: geminiState(part) };
}

function fieldsOf({ opaque }: Pick<ToolCallPart, 'opaque'>): JsonObject {
  return geminiFields(opaque) ?? {};
}

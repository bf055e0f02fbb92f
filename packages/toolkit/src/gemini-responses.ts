import type { JsonObject, ToolMessage, UserPart } from '@sluice/contract';
import { readUserPart, writeUserPart } from './gemini-parts.js';
import { geminiFields, geminiState } from './gemini-shapes.js';
import { isJsonObject } from './json.js';

/**
 * Results of functions, both ways. The wire wants an object: text goes under `output`, a failure under `error`, the keys
 * that it names for them. Shapes: npm @google/genai 3.3.0, dist/genai.d.ts, `FunctionResponse`.
 */

export interface FunctionResponseInit {
  /** The name of the function; the wire wants it, and the call knows it. */
  readonly name: string;
  readonly id?: string;
  /** Whether pictures and files may stand inside the result. */
  readonly holdsMedia: boolean;
}

/** The parts that tell one result: itself, and behind it the media that it cannot hold. */
export function writeFunctionResponse(
  message: ToolMessage,
  { name, id, holdsMedia }: FunctionResponseInit,
): readonly JsonObject[] {
  const media = message.content.filter((part) => part.type !== 'text').flatMap(toParts);
  const functionResponse = {
    ...(id === undefined ? {} : { id }),
    name,
    response: { [message.isError ? 'error' : 'output']: textOf(message.content) },
    ...(holdsMedia && media.length > 0 ? { parts: media } : {}),
    ...geminiFields(message.opaque),
  };
  return [{ functionResponse }, ...(holdsMedia ? [] : media)];
}

function toParts(part: UserPart): readonly JsonObject[] {
  const wire = writeUserPart(part);
  return wire ? [wire] : [];
}

function textOf(content: readonly UserPart[]): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

export interface ReadFunctionResponse {
  readonly name: string;
  readonly id: string | undefined;
  /** The result without its call, which the reader has to find. */
  readonly message: Omit<ToolMessage, 'callId'>;
}

/** `functionResponse` of a part; nothing for a part that is none. The object itself is kept beside its text. */
export function readFunctionResponse({ functionResponse }: JsonObject): ReadFunctionResponse | undefined {
  if (!isJsonObject(functionResponse)) return undefined;
  const { id, name, response, parts, ...others } = functionResponse;
  const { output, error, ...more } = isJsonObject(response) ? response : {};
  const alone = Object.keys(more).length === 0 && (output === undefined) !== (error === undefined);
  const said = alone ? (output ?? error) : response;
  const plain = alone && typeof said === 'string';
  const state = { ...(plain ? {} : { response }), ...others };
  return {
    name: typeof name === 'string' ? name : '',
    id: typeof id === 'string' && id !== '' ? id : undefined,
    message: {
      role: 'tool',
      content: [
        { type: 'text', text: typeof said === 'string' ? said : JSON.stringify(said ?? {}) },
        ...(Array.isArray(parts) ? parts.filter(isJsonObject).map(readUserPart) : []),
      ],
      ...(alone && error !== undefined ? { isError: true } : {}),
      ...(Object.keys(state).length === 0 ? {} : { opaque: geminiState(state) }),
    },
  };
}

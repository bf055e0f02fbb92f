import type { AssistantPart, Message, TextPart, ToolMessage, UserPart } from '@sluice/contract';
import { GEMINI_GENERATE, readFunctionResponse, readModelPart, readUserPart } from '@sluice/toolkit/gemini-wire';
import { readForeignState } from './foreign-state.js';
import { untranslatable } from './invalid.js';
import type { WireContent, WirePart } from './schema.js';

/**
 * Contents as a conversation. Results of functions find their calls by id, or else by name in the order of the calls;
 * calls without an id get one that says where they stand, the same each time.
 */
export function toMessages(contents: readonly WireContent[]): readonly Message[] {
  const calls = new OpenCalls();
  return contents.flatMap((content, i): readonly Message[] =>
    content.role === 'model' ? [toAssistant(content, i, calls)] : toUserMessages(content, i, calls),
  );
}

/** The text of `systemInstruction`. Throws `invalid_value` for anything else in it. */
export function toSystem(content: WireContent | undefined): readonly Message[] {
  if (!content) return [];
  const texts = content.parts.map((part, i): TextPart => {
    if (part.text === undefined) throw untranslatable(['systemInstruction', 'parts', i], 'more than text');
    return { type: 'text', text: part.text };
  });
  return texts.length === 0 ? [] : [{ role: 'system', content: texts }];
}

function toAssistant({ parts }: WireContent, i: number, calls: OpenCalls): Message {
  const content: AssistantPart[] = [];
  for (const [place, part] of parts.entries()) {
    const read = readForeign(part, () => mint(i, place)) ?? readModelPart(part, () => mint(i, place));
    if (read?.type === 'tool-call') calls.add(read.name, read.id);
    if (read) append(content, read);
  }
  return { role: 'assistant', content };
}

/**
 * A stream brought words piece by piece, and another vendor's state behind the last of them: that vendor wants the state
 * with all of the words. Google's own stay on the parts that they came with.
 */
function append(content: AssistantPart[], part: AssistantPart): void {
  const last = content.at(-1);
  const goesOn = (part.type === 'reasoning' || part.type === 'text') && last?.type === part.type && !last.opaque;
  if (goesOn && part.opaque?.kind !== GEMINI_GENERATE) {
    content[content.length - 1] = { ...part, text: last.text + part.text };
  } else content.push(part);
}

function mint(content: number, part: number): string {
  return `call_${content}_${part}`;
}

/** A part that carries another vendor's state. */
function readForeign(part: WirePart, mintId: () => string): AssistantPart | undefined {
  const state = readForeignState(part.thoughtSignature);
  if (!state) return undefined;
  const { thoughtSignature: _, ...bare } = part;
  const read = readModelPart(bare, mintId);
  if (read === undefined || read.type === 'vendor' || read.type === 'refusal') {
    return bare.thought === true ? { type: 'reasoning', text: '', opaque: state } : { type: 'vendor', state };
  }
  return { ...read, opaque: state };
}

function toUserMessages({ parts }: WireContent, i: number, calls: OpenCalls): readonly Message[] {
  const messages: Message[] = [];
  let said: UserPart[] = [];
  const flush = (): void => {
    if (said.length > 0) messages.push({ role: 'user', content: said });
    said = [];
  };
  for (const [place, part] of parts.entries()) {
    const result = toResult(part, ['contents', i, 'parts', place], calls);
    if (!result) said.push(readUserPart(part));
    else {
      flush();
      messages.push(result);
    }
  }
  flush();
  return messages;
}

function toResult(part: WirePart, path: readonly PropertyKey[], calls: OpenCalls): ToolMessage | undefined {
  const read = readFunctionResponse(part);
  if (!read) return undefined;
  const callId = calls.take(read.name, read.id);
  if (callId === undefined)
    throw untranslatable(path, `the result of "${read.name}", which no call before it asked for`);
  return { ...read.message, callId };
}

/** Calls whose results have not come yet. */
class OpenCalls {
  readonly #open: { readonly name: string; readonly id: string }[] = [];

  add(name: string, id: string): void {
    this.#open.push({ name, id });
  }

  /** The id of the call that a result answers, by its own id where it has one. */
  take(name: string, id: string | undefined): string | undefined {
    const at = this.#open.findIndex((call) => (id === undefined ? call.name === name : call.id === id));
    const [found] = at < 0 ? [] : this.#open.splice(at, 1);
    return found?.id;
  }
}

import type {
  AssistantMessage,
  AssistantPart,
  ChatRequest,
  JsonObject,
  Message,
  SystemMessage,
  ToolMessage,
  UserPart,
} from '@sluice/contract';
import { adjusted, droppedAsides, isJsonObject, isSystemMoved, untranslatable } from '@sluice/toolkit';
import { geminiFields, writeFunctionResponse, writeModelPart, writeUserPart } from '@sluice/toolkit/gemini-wire';
import type { GeminiApi } from '../api.js';
import type { ModelFamily } from './model-family.js';
import type { Plan } from './plan.js';

/**
 * Stands for the signature of a call that this vendor did not make, or that came back without its own: without one,
 * current models refuse the conversation. https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
 */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** The conversation in this wire's terms: two roles, instructions apart, results of functions right behind their calls. */
export function planContents(request: ChatRequest, family: ModelFamily, { platform }: GeminiApi): Plan {
  const { messages } = request;
  const writer = new ContentWriter(family, platform === 'developer');
  for (const message of messages) writer.add(message);
  const system = messages.filter((message) => message.role === 'system').flatMap(toTexts);
  const { contents, signed } = writer.end();
  const told = family.system ? contents : withInstructions(contents, system);
  return {
    body: {
      ...(family.system && system.length > 0 ? { systemInstruction: { parts: system } } : {}),
      contents: told,
    },
    adjustments: [
      ...(isSystemMoved(messages) ? adjusted('messages', 'changed') : []),
      ...(!family.system && system.length > 0 ? adjusted('system', 'emulated') : []),
      ...(messages.some(losesReasoning) ? adjusted('reasoning_content', 'dropped') : []),
      ...(signed ? adjusted('thought_signature', 'emulated') : []),
      ...(messages.some(namesFile) ? adjusted('file.filename', 'dropped') : []),
      ...droppedAsides(request, ['cache_control', 'citations', 'image_url.detail']),
    ],
  };
}

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: JsonObject[];
}

class ContentWriter {
  readonly #family: ModelFamily;
  readonly #callIds: boolean;
  readonly #contents: Content[] = [];
  /** Calls by id: their name, and their place among all calls. A vendor that knows no ids goes by the order alone. */
  readonly #calls = new Map<string, { readonly name: string; readonly place: number }>();
  #places = 0;
  #results: ToolMessage[] = [];
  #said: UserPart[] = [];
  #signed = false;

  constructor(family: ModelFamily, callIds: boolean) {
    this.#family = family;
    this.#callIds = callIds;
  }

  add(message: Message): void {
    switch (message.role) {
      case 'system':
        return;
      case 'user':
        this.#said.push(...message.content);
        return;
      case 'tool':
        this.#results.push(message);
        return;
      case 'assistant':
        this.#flush();
        this.#addModel(message);
    }
  }

  end(): { readonly contents: readonly Content[]; readonly signed: boolean } {
    this.#flush();
    // Only what came since the user last spoke is looked at.
    const turn = this.#contents.findLastIndex(({ role, parts }) => role === 'user' && !parts.some(isResult));
    if (this.#family.current) this.#contents.slice(turn + 1).forEach((content) => this.#sign(content));
    return { contents: this.#contents, signed: this.#signed };
  }

  #addModel({ content }: AssistantMessage): void {
    const parts: JsonObject[] = [];
    for (const part of content) {
      assertOwn(part);
      if (part.type === 'tool-call') this.#calls.set(part.id, { name: part.name, place: this.#places++ });
      if (part.type === 'reasoning' && !geminiFields(part.opaque)) continue;
      const wire = writeModelPart(part, { callIds: this.#callIds });
      if (wire) parts.push(wire);
    }
    const last = this.#contents.at(-1);
    if (last?.role === 'model') last.parts.push(...parts);
    else if (parts.length > 0) this.#contents.push({ role: 'model', parts });
  }

  /** What came since the model spoke: the results of its calls, all of them together, before anything else. */
  #flush(): void {
    const results = this.#results.map((message) => ({ message, call: this.#callOf(message) }));
    results.sort((a, b) => a.call.place - b.call.place);
    this.#push(results.flatMap(({ message, call: { name } }) => this.#writeResult(message, name)));
    this.#said.forEach(assertOwn);
    this.#push(this.#said.map(writeUserPart).filter((part) => part !== undefined));
    this.#results = [];
    this.#said = [];
  }

  #push(parts: JsonObject[]): void {
    if (parts.length > 0) this.#contents.push({ role: 'user', parts });
  }

  #callOf({ callId }: ToolMessage): { readonly name: string; readonly place: number } {
    const call = this.#calls.get(callId);
    if (!call) throw untranslatable('the result of a call that is not in the conversation');
    return call;
  }

  #writeResult(message: ToolMessage, name: string): readonly JsonObject[] {
    const id = this.#callIds ? { id: message.callId } : {};
    return writeFunctionResponse(message, { name, ...id, holdsMedia: this.#family.current });
  }

  /** Of calls that were made together, only the first one is signed. */
  #sign({ parts }: Content): void {
    const at = parts.findIndex((part) => isJsonObject(part.functionCall));
    const first = parts[at];
    if (!first || first.thoughtSignature !== undefined) return;
    parts[at] = { ...first, thoughtSignature: NO_SIGNATURE };
    this.#signed = true;
  }
}

/** What another vendor ran or found is nothing that this one could take for its own. */
function assertOwn(part: AssistantPart | UserPart): void {
  if (part.type !== 'vendor' || geminiFields(part.state)) return;
  throw untranslatable(`a part that only "${part.state.kind.slice(0, 64)}" understands`);
}

function isResult(part: JsonObject): boolean {
  return part.functionResponse !== undefined;
}

function toTexts({ content }: SystemMessage): readonly JsonObject[] {
  return content.filter(({ text }) => text !== '').map(({ text }) => ({ text }));
}

/** Instructions for a model that has no place for them: in front of what the user says first. */
function withInstructions(contents: readonly Content[], system: readonly JsonObject[]): readonly Content[] {
  const [first, ...rest] = contents;
  if (system.length === 0) return contents;
  if (first?.role !== 'user') return [{ role: 'user', parts: [...system] }, ...contents];
  return [{ role: 'user', parts: [...system, ...first.parts] }, ...rest];
}

function losesReasoning({ role, content }: Message): boolean {
  if (role !== 'assistant') return false;
  return content.some((part) => part.type === 'reasoning' && part.text !== '' && !geminiFields(part.opaque));
}

function namesFile({ role, content }: Message): boolean {
  if (role !== 'user' && role !== 'tool') return false;
  return content.some((part) => part.type === 'file' && part.filename !== undefined);
}

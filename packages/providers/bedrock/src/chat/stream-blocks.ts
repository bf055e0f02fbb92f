import type { ChatEvent, Citation, JsonObject, VendorState, WholePart } from '@sluice/contract';
import { isJsonObject, toText, tryParseExact } from '@sluice/toolkit';
import { signatureState } from '@sluice/toolkit/anthropic-wire';
import { ANSWER_TOOL, NO_TOOL, toCitation, toRedactedState, toState } from './wire.js';

/** How many parts the answer has so far, and how many of them are calls of tools that the caller knows. */
export interface Parts {
  count: number;
  calls: number;
}

/** The block of content that is open. It becomes a part with its first content, or never. */
export interface OpenBlock {
  begin(): readonly ChatEvent[];
  /** Whether a piece belongs to a block of this kind. */
  takes(delta: JsonObject): boolean;
  push(delta: JsonObject): readonly ChatEvent[];
  end(): readonly ChatEvent[];
}

const NONE: readonly ChatEvent[] = [];

/** A block that an event of its own opens: nothing for a kind that a chat has no place for. */
export function startBlock({ toolUse, toolResult, image }: JsonObject, parts: Parts): OpenBlock | undefined {
  if (isJsonObject(toolUse)) return startCall(toolUse, parts);
  if (isJsonObject(toolResult))
    return new WholeBlock('toolResult', parts, (pieces) => toServerResult(toolResult, pieces));
  return isJsonObject(image) ? new WholeBlock('image', parts, (pieces) => toImage(image, pieces)) : undefined;
}

/** A block that opens with its first piece. */
export function openBlock(delta: JsonObject, parts: Parts): OpenBlock | undefined {
  if (delta.reasoningContent !== undefined) return new ReasoningBlock(parts);
  return delta.text !== undefined || delta.citation !== undefined ? new TextBlock(parts) : undefined;
}

function startCall(toolUse: JsonObject, parts: Parts): OpenBlock {
  const name = toText(toolUse.name);
  if (name === ANSWER_TOOL) return new AnswerBlock(parts);
  if (name === NO_TOOL) return IGNORED;
  if (toolUse.type === 'server_tool_use')
    return new WholeBlock('toolUse', parts, (pieces) => toServerCall(toolUse, pieces));
  return new CallBlock(toolUse, parts);
}

const IGNORED: OpenBlock = { begin: () => NONE, takes: () => true, push: () => NONE, end: () => NONE };

class TextBlock implements OpenBlock {
  readonly #parts: Parts;
  #index: number | undefined;
  /** Citations that came before the text that they are for. */
  #early: Citation[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  begin(): readonly ChatEvent[] {
    return NONE;
  }

  takes({ text, citation }: JsonObject): boolean {
    return text !== undefined || citation !== undefined;
  }

  push({ text, citation }: JsonObject): readonly ChatEvent[] {
    if (isJsonObject(citation)) return this.#cite(toCitation(citation));
    if (toText(text) === '') return NONE;
    const index = (this.#index ??= this.#parts.count++);
    const event: ChatEvent = { type: 'text-delta', index, text: toText(text) };
    if (this.#early.length === 0) return [event];
    const cited = this.#early.map((early): ChatEvent => ({ type: 'citation', index, citation: early }));
    this.#early = [];
    return [event, ...cited];
  }

  end(): readonly ChatEvent[] {
    return this.#index === undefined ? NONE : [{ type: 'part-end', index: this.#index }];
  }

  #cite(citation: Citation): readonly ChatEvent[] {
    if (this.#index !== undefined) return [{ type: 'citation', index: this.#index, citation }];
    this.#early.push(citation);
    return NONE;
  }
}

class ReasoningBlock implements OpenBlock {
  readonly #parts: Parts;
  #index: number | undefined;
  #signature = '';
  readonly #redacted: string[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  begin(): readonly ChatEvent[] {
    return NONE;
  }

  takes({ reasoningContent }: JsonObject): boolean {
    return reasoningContent !== undefined;
  }

  push({ reasoningContent }: JsonObject): readonly ChatEvent[] {
    if (!isJsonObject(reasoningContent)) return NONE;
    const { text, signature, redactedContent } = reasoningContent;
    this.#signature += toText(signature);
    if (toText(redactedContent) !== '') this.#redacted.push(toText(redactedContent));
    return toText(text) === '' ? NONE : this.#delta(toText(text));
  }

  end(): readonly ChatEvent[] {
    const opaque = this.#opaque();
    if (this.#index === undefined && !opaque) return NONE;
    const opened = this.#index === undefined ? this.#delta('') : NONE;
    return [...opened, { type: 'part-end', index: this.#index ?? 0, ...(opaque ? { opaque } : {}) }];
  }

  #delta(text: string): readonly ChatEvent[] {
    const index = (this.#index ??= this.#parts.count++);
    return [{ type: 'reasoning-delta', index, text }];
  }

  #opaque(): VendorState | undefined {
    if (this.#redacted.length > 0) return toRedactedState(joinBase64(this.#redacted));
    return this.#signature === '' ? undefined : signatureState(this.#signature);
  }
}

class CallBlock implements OpenBlock {
  readonly #toolUse: JsonObject;
  readonly #index: number;
  #started = false;

  constructor(toolUse: JsonObject, parts: Parts) {
    this.#toolUse = toolUse;
    this.#index = parts.count++;
    parts.calls += 1;
  }

  begin(): readonly ChatEvent[] {
    const { toolUseId, name } = this.#toolUse;
    return [{ type: 'tool-start', index: this.#index, id: toText(toolUseId), name: toText(name) }];
  }

  takes({ toolUse }: JsonObject): boolean {
    return toolUse !== undefined;
  }

  push({ toolUse }: JsonObject): readonly ChatEvent[] {
    const json = inputOf(toolUse);
    if (json === '') return NONE;
    this.#started = true;
    return [{ type: 'tool-delta', index: this.#index, json }];
  }

  end(): readonly ChatEvent[] {
    const index = this.#index;
    const end: ChatEvent = { type: 'part-end', index };
    return this.#started ? [end] : [{ type: 'tool-delta', index, json: '{}' }, end];
  }
}

/** The arguments of the tool for answers are text of the answer. */
class AnswerBlock implements OpenBlock {
  readonly #text: TextBlock;

  constructor(parts: Parts) {
    this.#text = new TextBlock(parts);
  }

  begin(): readonly ChatEvent[] {
    return NONE;
  }

  takes({ toolUse }: JsonObject): boolean {
    return toolUse !== undefined;
  }

  push({ toolUse }: JsonObject): readonly ChatEvent[] {
    return this.#text.push({ text: inputOf(toolUse) });
  }

  end(): readonly ChatEvent[] {
    return this.#text.end();
  }
}

/** A block that is given on whole once it has come to its end. */
class WholeBlock implements OpenBlock {
  readonly #field: 'toolUse' | 'toolResult' | 'image';
  readonly #parts: Parts;
  readonly #toPart: (pieces: readonly unknown[]) => WholePart | undefined;
  readonly #pieces: unknown[] = [];

  constructor(
    field: 'toolUse' | 'toolResult' | 'image',
    parts: Parts,
    toPart: (pieces: readonly unknown[]) => WholePart | undefined,
  ) {
    this.#field = field;
    this.#parts = parts;
    this.#toPart = toPart;
  }

  begin(): readonly ChatEvent[] {
    return NONE;
  }

  takes(delta: JsonObject): boolean {
    return delta[this.#field] !== undefined;
  }

  push(delta: JsonObject): readonly ChatEvent[] {
    this.#pieces.push(delta[this.#field]);
    return NONE;
  }

  end(): readonly ChatEvent[] {
    const part = this.#toPart(this.#pieces);
    return part ? [{ type: 'part', index: this.#parts.count++, part }] : NONE;
  }
}

/** The call of a tool that the vendor runs itself. */
function toServerCall(toolUse: JsonObject, pieces: readonly unknown[]): WholePart {
  const json = pieces.map(inputOf).join('');
  const input = json === '' ? {} : (tryParseExact(json) ?? json);
  return { type: 'vendor', state: toState({ toolUse: { ...toolUse, input } }) };
}

/** What such a tool brought. */
function toServerResult(toolResult: JsonObject, pieces: readonly unknown[]): WholePart {
  const content = pieces.flat().filter(isJsonObject);
  return { type: 'vendor', state: toState({ toolResult: { ...toolResult, content } }) };
}

function toImage({ format }: JsonObject, pieces: readonly unknown[]): WholePart | undefined {
  const sources = pieces.filter(isJsonObject).map(({ source }) => (isJsonObject(source) ? toText(source.bytes) : ''));
  const base64 = joinBase64(sources);
  if (base64 === '') return undefined;
  return { type: 'image', source: { kind: 'base64', mediaType: `image/${toText(format)}`, base64 } };
}

function inputOf(toolUse: unknown): string {
  return isJsonObject(toolUse) ? toText(toolUse.input) : '';
}

/** Each piece is whole base64 of its own bytes. */
function joinBase64(pieces: readonly string[]): string {
  if (pieces.length === 1) return pieces[0] ?? '';
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64');
}

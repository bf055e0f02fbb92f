import type { JsonObject, ReasoningPart, VendorState } from '@sluice/contract';
import { ANTHROPIC_MESSAGES, redactedState, signatureState } from './anthropic-state.js';
import { GEMINI_GENERATE, geminiState } from './gemini-shapes.js';
import { isJsonObject, toText, tryParseExact } from './json.js';
import { OPENAI_CHAT } from './openai-shapes.js';

/**
 * `reasoning_details`: the list on an assistant's message in which OpenRouter carries reasoning with whatever its
 * vendor wants back, https://openrouter.ai/docs/use-cases/reasoning-tokens and npm @openrouter/sdk 1.3.19,
 * models/reasoningdetail*.d.ts. Clients of OpenAI's dialect have no other place for a signature.
 *
 * A state whose form OpenRouter does not know travels as a token in `signature` or `data`, which are opaque to all.
 */
export interface WireDetail extends JsonObject {
  readonly type: string;
  readonly index: number;
}

/** What one entry stands for. */
export type ReasoningDetail =
  | {
      readonly of: 'reasoning';
      readonly text: string;
      readonly state?: VendorState;
      /** Names the part that this is a piece of; a piece with a signature is the last one. */
      readonly piece?: string;
      readonly ends?: true;
    }
  /** State of a tool call. */
  | { readonly of: 'call'; readonly id: string; readonly state: VendorState }
  /** State of what was said. */
  | { readonly of: 'text'; readonly state: VendorState }
  /** A vendor's own part, which stood behind so many others. */
  | { readonly of: 'part'; readonly state: VendorState; readonly at: number };

const TOKEN = 'sluice.';
const CLAUDE = 'anthropic-claude-v1';
const GEMINI = 'google-gemini-v1';
const UNKNOWN = 'unknown';
/** The `id` of an entry that belongs to what was said. */
const TEXT_ID = 'content';

/** A part of reasoning as an entry. */
export function writeReasoningDetail({ text, opaque }: ReasoningPart, index: number): WireDetail {
  if (!opaque) return { type: 'reasoning.text', text, index };
  const raw = opaque.kind === OPENAI_CHAT && isJsonObject(opaque.data) ? opaque.data.detail : undefined;
  if (isJsonObject(raw)) return { ...raw, ...spoken(raw.type, text), type: String(raw.type), index };
  const redacted = fieldOf(opaque, ANTHROPIC_MESSAGES, 'redacted');
  if (redacted !== undefined) return { type: 'reasoning.encrypted', data: redacted, format: CLAUDE, index };
  const { signature, format } = signatureOf(opaque) ?? {
    signature: writeToken({ of: 'reasoning', state: opaque }),
    format: UNKNOWN,
  };
  // Gemini signs what it does not show; the others have a text for every signature.
  if (text === '' && format !== CLAUDE) return { type: 'reasoning.encrypted', data: signature, format, index };
  return { type: 'reasoning.text', text, signature, format, index };
}

/** The state of a tool call, of what was said, or of a vendor's own part, as an entry. */
export function writeStateDetail(held: Exclude<ReasoningDetail, { of: 'reasoning' }>, index: number): WireDetail {
  if (held.of !== 'call') {
    const id = held.of === 'text' ? { id: TEXT_ID } : {};
    return { type: 'reasoning.encrypted', data: writeToken(held), format: UNKNOWN, ...id, index };
  }
  const signature = fieldOf(held.state, GEMINI_GENERATE, 'thoughtSignature');
  const data = signature ?? writeToken(held);
  return { type: 'reasoning.encrypted', data, format: signature === undefined ? UNKNOWN : GEMINI, id: held.id, index };
}

/** The signature that a state consists of, with the name of its form. */
function signatureOf(state: VendorState): { readonly signature: string; readonly format: string } | undefined {
  const claude = fieldOf(state, ANTHROPIC_MESSAGES, 'signature');
  if (claude !== undefined) return { signature: claude, format: CLAUDE };
  const gemini = fieldOf(state, GEMINI_GENERATE, 'thoughtSignature');
  return gemini === undefined ? undefined : { signature: gemini, format: GEMINI };
}

/** The one field that a vendor's state consists of; nothing where it holds more. */
function fieldOf({ kind, data }: VendorState, vendor: string, field: string): string | undefined {
  if (kind !== vendor || !isJsonObject(data) || Object.keys(data).length !== 1) return undefined;
  const value = data[field];
  return typeof value === 'string' ? value : undefined;
}

/** The state that a signature or an encrypted text of a known form stands for. */
function readSignature(text: string, format: unknown): VendorState | undefined {
  if (format === CLAUDE) return signatureState(text);
  return format === GEMINI ? geminiState({ thoughtSignature: text }) : undefined;
}

/** What an entry stands for; nothing for one of no known type. */
export function readReasoningDetail(entry: unknown): ReasoningDetail | undefined {
  if (!isJsonObject(entry)) return undefined;
  switch (entry.type) {
    case 'reasoning.text':
      return readText(entry, toText(entry.text), toText(entry.signature));
    case 'reasoning.summary':
      return { of: 'reasoning', text: toText(entry.summary), ...stateOf(withoutText(entry)), ...pieceOf(entry) };
    case 'reasoning.encrypted':
      return readEncrypted(entry, toText(entry.data));
    default:
      return typeof entry.type === 'string' ? { of: 'reasoning', text: '', ...stateOf(entry) } : undefined;
  }
}

/** LiteLLM's `thinking_blocks`, blocks as Anthropic has them. https://docs.litellm.ai/docs/reasoning_content */
export function readThinkingBlock(block: unknown): ReasoningDetail | undefined {
  if (!isJsonObject(block)) return undefined;
  if (block.type === 'redacted_thinking')
    return { of: 'reasoning', text: '', state: redactedState(toText(block.data)) };
  if (block.type !== 'thinking') return undefined;
  const signature = toText(block.signature);
  return {
    of: 'reasoning',
    text: toText(block.thinking),
    ...(signature === '' ? {} : { state: signatureState(signature) }),
  };
}

function readText(entry: JsonObject, text: string, signature: string): ReasoningDetail {
  // What is not signed may still have to go back in the form of its vendor, as MiniMax's has to.
  if (signature === '' && !isForeign(entry)) return { of: 'reasoning', text, ...pieceOf(entry) };
  if (signature === '') return { of: 'reasoning', text, ...stateOf(withoutText(entry)), ...pieceOf(entry) };
  const token = readToken(signature);
  const state = token?.state ?? readSignature(signature, entry.format) ?? stateOf(withoutText(entry)).state;
  return { of: 'reasoning', text, state, ends: true, ...pieceOf(entry) };
}

function readEncrypted(entry: JsonObject, data: string): ReasoningDetail {
  const token = readToken(data);
  if (token?.of === 'call') return { of: 'call', id: toText(entry.id), state: token.state };
  if (token?.of === 'text') return { of: 'text', state: token.state };
  if (token?.of === 'part') return { of: 'part', state: token.state, at: token.at };
  if (token) return { of: 'reasoning', text: '', state: token.state };
  if (entry.format === CLAUDE) return { of: 'reasoning', text: '', state: redactedState(data) };
  if (entry.format !== GEMINI) return { of: 'reasoning', text: '', ...stateOf(entry) };
  const state = geminiState({ thoughtSignature: data });
  const id = toText(entry.id);
  return id === '' ? { of: 'reasoning', text: '', state } : { of: 'call', id, state };
}

function isForeign({ format }: JsonObject): boolean {
  return typeof format === 'string' && format !== CLAUDE && format !== GEMINI && format !== UNKNOWN;
}

/** The entry itself as state, for the vendor that wrote it. Its place in the list is not its own. */
function stateOf({ index: _, ...detail }: JsonObject): { readonly state: VendorState } {
  return { state: { kind: OPENAI_CHAT, data: { detail } } };
}

function withoutText({ text: _, summary: __, ...rest }: JsonObject): JsonObject {
  return rest;
}

function pieceOf({ type, index }: JsonObject): { readonly piece?: string } {
  return typeof index === 'number' ? { piece: `${String(type)} ${index}` } : {};
}

function spoken(type: unknown, text: string): JsonObject {
  if (type === 'reasoning.summary') return { summary: text };
  return type === 'reasoning.text' ? { text } : {};
}

interface Held {
  readonly of: ReasoningDetail['of'];
  readonly state: VendorState;
  readonly at?: number;
}

function writeToken({ of, state, at }: Held): string {
  return TOKEN + Buffer.from(JSON.stringify({ of, kind: state.kind, data: state.data, at })).toString('base64url');
}

function readToken(text: string): Required<Held> | undefined {
  if (!text.startsWith(TOKEN)) return undefined;
  const token = tryParseExact(Buffer.from(text.slice(TOKEN.length), 'base64url').toString());
  if (!isJsonObject(token) || typeof token.kind !== 'string') return undefined;
  const { of, kind, data, at } = token;
  const holder = of === 'call' || of === 'text' || of === 'part' ? of : 'reasoning';
  return { of: holder, state: { kind, data }, at: typeof at === 'number' ? at : 0 };
}

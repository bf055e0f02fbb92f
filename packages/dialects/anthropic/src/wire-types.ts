import type { JsonObject } from '@sluice/contract';

/** A call after the checks of `messagesSchema`, as far as it is read. Blocks of other types may stand between these. */
export interface WireCall extends JsonObject {
  readonly messages: readonly WireMessage[];
  readonly max_tokens: number;
  readonly system?: string | readonly WireBlock[];
  readonly stream?: boolean;
  readonly stop_sequences?: readonly string[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly tools?: readonly WireTool[];
  readonly tool_choice?: WireToolChoice;
  readonly thinking?: WireThinking;
  readonly output_config?: WireOutputConfig;
  readonly metadata?: { readonly user_id?: string | null };
  readonly cache_control?: unknown;
}
export interface WireMessage {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string | readonly WireBlock[];
}
export type WireBlock =
  WireTextBlock | WireImageBlock | WireToolUse | WireToolResult | WireThought | WireRedactedThought;
interface Cacheable extends JsonObject {
  readonly cache_control?: unknown;
}
export interface WireTextBlock extends Cacheable {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly unknown[] | null;
}
export interface WireImageBlock extends Cacheable {
  readonly type: 'image';
  readonly source:
    | { readonly type: 'base64'; readonly media_type: string; readonly data: string }
    | { readonly type: 'url'; readonly url: string }
    | { readonly type: 'file'; readonly file_id: string };
}
export interface WireToolUse extends Cacheable {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
}
export interface WireToolResult extends Cacheable {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content?: string | readonly WireBlock[];
  readonly is_error?: boolean;
}
export interface WireThought extends Cacheable {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
}
export interface WireRedactedThought extends Cacheable {
  readonly type: 'redacted_thinking';
  readonly data: string;
}
export interface WireTool extends Cacheable {
  readonly type?: 'custom' | null;
  readonly name: string;
  readonly description?: string;
  readonly input_schema: JsonObject;
  readonly strict?: boolean;
}
export interface WireToolChoice {
  readonly type: 'auto' | 'any' | 'tool' | 'none';
  readonly name?: string;
  readonly disable_parallel_tool_use?: boolean;
}
export interface WireThinking extends JsonObject {
  readonly type: 'enabled' | 'adaptive' | 'between_tools' | 'disabled';
  readonly budget_tokens?: number;
}
export interface WireOutputConfig extends JsonObject {
  readonly effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null;
  readonly format?: { readonly schema: JsonObject } | null;
}

import type { JsonObject } from '@sluice/contract';

/** A call after the checks of the dialect, as far as it is read. */
export interface WireCall extends JsonObject {
  readonly messages: readonly WireMessage[];
  /** Absent where tokens are counted. */
  readonly max_tokens?: number;
  readonly system?: WireContent;
  readonly stream?: boolean;
  readonly stop_sequences?: readonly string[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly tools?: readonly WireTool[];
  readonly tool_choice?: WireToolChoice;
  readonly thinking?: WireThinking;
  readonly output_config?: WireOutputConfig;
  readonly metadata?: WireMetadata;
  readonly service_tier?: 'auto' | 'standard_only';
}
export interface WireMessage {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: WireContent;
}
export type WireContent = string | readonly WireBlock[];
/** A block of any type; the checks have looked at the fields of those that are known. */
export interface WireBlock extends JsonObject {
  readonly type: string;
}
/** A tool of the caller's, or one of the vendor's own, which has another `type`. */
export interface WireTool extends JsonObject {
  readonly type?: string | null;
  readonly name: string;
  readonly description?: string;
  readonly input_schema: JsonObject;
  readonly strict?: boolean;
}
export interface WireToolChoice extends JsonObject {
  readonly type: 'auto' | 'any' | 'tool' | 'none';
  readonly name?: string;
  readonly disable_parallel_tool_use?: boolean;
}
export interface WireThinking extends JsonObject {
  readonly type: 'enabled' | 'adaptive' | 'between_tools' | 'disabled';
  readonly budget_tokens?: number;
  readonly display?: string | null;
}
export interface WireOutputConfig extends JsonObject {
  readonly effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null;
  readonly format?: (JsonObject & { readonly schema: JsonObject }) | null;
}
export interface WireMetadata extends JsonObject {
  readonly user_id?: string | null;
}

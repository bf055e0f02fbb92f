/** A parsed JSON object, its fields not looked at yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** The wire forms a client or a vendor may speak. */
export type DialectId = 'openai-chat' | 'openai-embeddings' | 'anthropic-messages' | (string & {});

/** What a request needs and a target may lack; routing filters on these before an attempt. */
export type Feature = 'tools' | 'vision' | 'json-schema' | 'reasoning';

/** Signatures and the like that the vendor wants back next turn. Carried, never read. */
export interface VendorState {
  /** The dialect that understands it, for example `anthropic-messages`. */
  readonly kind: string;
  readonly data: unknown;
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}
export interface ImagePart {
  readonly type: 'image';
  readonly source:
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'base64'; readonly mediaType: string; readonly base64: string };
  readonly detail?: 'auto' | 'low' | 'high';
}
export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** The arguments as the model wrote them: JSON text, not parsed. */
  readonly json: string;
}
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  readonly opaque?: VendorState;
}
export interface RefusalPart {
  readonly type: 'refusal';
  readonly text: string;
}

export type UserPart = TextPart | ImagePart;
export type AssistantPart = TextPart | ToolCallPart | ReasoningPart | RefusalPart;

export interface SystemMessage {
  readonly role: 'system';
  readonly content: readonly TextPart[];
}
export interface UserMessage {
  readonly role: 'user';
  readonly content: readonly UserPart[];
}
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: readonly AssistantPart[];
}
/** The result of one tool call. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly callId: string;
  readonly content: readonly UserPart[];
  readonly isError?: boolean;
}
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly schema: JsonObject;
  readonly strict?: boolean;
}
export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly name: string };

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly description?: string;
      readonly strict?: boolean;
    };

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** A chat request with no dialect: what every client dialect parses to and every adapter encodes. */
export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: { readonly effort?: ReasoningEffort; readonly budgetTokens?: number };
  /** The end user's id, as the caller names it. */
  readonly user?: string;
  /** Fields of the caller's dialect that have no place above. A target of another dialect drops them, and says so. */
  readonly extensions?: { readonly dialect: DialectId; readonly fields: JsonObject };
}

/** Token counts with one meaning for all vendors. */
export interface Usage {
  /** All input, cached and cache-write tokens included. */
  readonly inputTokens: number;
  /** All output, reasoning included. */
  readonly outputTokens: number;
  readonly cachedInputTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other';
export interface Finish {
  readonly unified: FinishReason;
  /** The vendor's own word. */
  readonly raw?: string;
}

export interface ChatResult {
  readonly id: string;
  readonly model: string;
  readonly content: readonly AssistantPart[];
  readonly finish: Finish;
  readonly usage?: Usage;
}

/**
 * One step of a streamed answer. Exactly one `start` first and one `finish` last. A part opens with its first event
 * (`tool-start` for a tool call), is addressed by `index`, and closes with `part-end`; only one part is open at a time,
 * except tool calls, which may interleave.
 */
export type ChatEvent =
  | { readonly type: 'start'; readonly id: string; readonly model: string }
  | { readonly type: 'text-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'refusal-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'tool-start'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-delta'; readonly index: number; readonly json: string }
  | { readonly type: 'part-end'; readonly index: number; readonly opaque?: VendorState }
  /** Cumulative: the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly finish: Finish };

export interface EmbedRequest {
  /** Texts, or token ids where the caller tokenised itself. */
  readonly input: readonly string[] | readonly (readonly number[])[];
  readonly dimensions?: number;
  readonly user?: string;
  readonly extensions?: { readonly dialect: DialectId; readonly fields: JsonObject };
}
export interface EmbedResult {
  readonly model: string;
  readonly vectors: readonly (readonly number[])[];
  readonly usage?: Usage;
}

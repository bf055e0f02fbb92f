/** A parsed JSON object, its fields not looked at yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** The wire forms a client or a vendor may speak. */
export type DialectId =
  | 'openai-chat'
  | 'openai-completions'
  | 'openai-responses'
  | 'openai-embeddings'
  | 'openai-images'
  | 'openai-speech'
  | 'openai-transcriptions'
  | 'openai-moderations'
  | 'anthropic-messages'
  | 'anthropic-count-tokens'
  | 'gemini-generate'
  | 'gemini-embed'
  | 'gemini-count'
  | 'cohere-rerank'
  | (string & {});

/** What a request needs and a target may lack; routing filters on these before an attempt. */
export type Feature = 'tools' | 'vision' | 'files' | 'audio' | 'json-schema' | 'reasoning';

/**
 * What only one vendor understands: signatures that it wants back next turn, fields of its own beside the canonical ones.
 * Carried, never read by others; the caller's dialect names under `extensions` what others lose.
 */
export interface VendorState {
  /** The dialect that understands it, for example `anthropic-messages`. */
  readonly kind: string;
  readonly data: unknown;
}

/** Marks the end of a prefix that the vendor should keep for the next call. */
export interface CacheMark {
  /** How long; the vendor's default where absent. */
  readonly ttl?: '5m' | '1h';
}
export type MediaSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'base64'; readonly mediaType: string; readonly base64: string }
  /** A file that the vendor keeps, under an id that only this vendor knows. */
  | { readonly kind: 'stored'; readonly state: VendorState };

/** Where an answer took something from. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly citedText?: string;
  /** In characters of the part's text, the end excluded. */
  readonly range?: readonly [start: number, end: number];
  /** The vendor's own form of it, for who sends it back. */
  readonly opaque?: VendorState;
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
  readonly cache?: CacheMark;
  readonly opaque?: VendorState;
}
export interface ImagePart {
  readonly type: 'image';
  readonly source: MediaSource;
  readonly detail?: 'auto' | 'low' | 'high';
  readonly cache?: CacheMark;
  readonly opaque?: VendorState;
}
/** A document for the model to read: PDF, plain text. */
export interface FilePart {
  readonly type: 'file';
  readonly source: MediaSource;
  readonly filename?: string;
  readonly cache?: CacheMark;
  readonly opaque?: VendorState;
}
export interface AudioPart {
  readonly type: 'audio';
  /** `wav`, `mp3`, `pcm16` and the like. */
  readonly format: string;
  readonly base64: string;
  readonly transcript?: string;
  readonly opaque?: VendorState;
}
export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** The arguments as the model wrote them: JSON text, not parsed. */
  readonly json: string;
  readonly cache?: CacheMark;
  readonly opaque?: VendorState;
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
/** What only its own vendor understands, such as the call of a tool that the vendor runs itself, and its result. */
export interface VendorPart {
  readonly type: 'vendor';
  readonly state: VendorState;
}

export type UserPart = TextPart | ImagePart | FilePart | AudioPart | VendorPart;
/** A part that comes whole, also in a stream. */
export type WholePart = ImagePart | AudioPart | VendorPart;
export type AssistantPart = TextPart | ToolCallPart | ReasoningPart | RefusalPart | WholePart;

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
  readonly cache?: CacheMark;
  readonly opaque?: VendorState;
}
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly schema: JsonObject;
  readonly strict?: boolean;
  readonly cache?: CacheMark;
  readonly opaque?: VendorState;
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
  /** Tools that the vendor runs itself. A target of another vendor drops them, and says so. */
  readonly vendorTools?: readonly VendorState[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: {
    readonly effort?: ReasoningEffort;
    readonly budgetTokens?: number;
    /** How much of the reasoning is shown. */
    readonly summary?: 'auto' | 'concise' | 'detailed' | 'none';
    readonly opaque?: VendorState;
  };
  readonly verbosity?: 'low' | 'medium' | 'high';
  /** Asks for log probabilities, with this many alternatives for each token. */
  readonly logprobs?: { readonly top: number };
  /** `auto`, `default`, `flex`, `priority` or the vendor's own word. */
  readonly serviceTier?: string;
  /** Requests of the same key find each other's cached prefix. */
  readonly promptCacheKey?: string;
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
  /** The part of `cacheWriteTokens` that is kept for an hour. */
  readonly cacheWrite1hTokens?: number;
  readonly reasoningTokens?: number;
  readonly audioInputTokens?: number;
  readonly audioOutputTokens?: number;
  /** What some vendors charge instead of tokens. */
  readonly images?: number;
  readonly audioSeconds?: number;
  readonly characters?: number;
  readonly searchUnits?: number;
  /** What the vendor charges for, where that is not what was read and written: it may add instructions of its own. */
  readonly billed?: { readonly inputTokens: number; readonly outputTokens: number };
}

/** One token of the output, by its natural logarithm of probability, with those that stood beside it. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[];
  readonly top: readonly Omit<TokenLogprob, 'top'>[];
}

/** Why a model stopped, in words that all vendors share; what is none of these is `other`. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other';
/** Why an answer ended. */
export interface Finish {
  readonly unified: FinishReason;
  /** The vendor's own word. */
  readonly raw?: string;
  /** What else the vendor says of the answer as a whole: the stop sequence that was met, why it refused. */
  readonly opaque?: VendorState;
}

/** A whole plain answer. */
export interface ChatResult {
  readonly id: string;
  readonly model: string;
  readonly content: readonly AssistantPart[];
  readonly finish: Finish;
  readonly usage?: Usage;
  readonly logprobs?: readonly TokenLogprob[];
  readonly serviceTier?: string;
}

/**
 * One step of a streamed answer. Exactly one `start` first and one `finish` last. A part opens with its first event
 * (`tool-start` for a tool call), is addressed by `index`, and closes with `part-end`; only one part is open at a time,
 * except tool calls, which may interleave. `part` brings a part whole: nothing closes it.
 */
export type ChatEvent =
  | { readonly type: 'start'; readonly id: string; readonly model: string }
  | {
      readonly type: 'text-delta';
      readonly index: number;
      readonly text: string;
      readonly logprobs?: readonly TokenLogprob[];
    }
  | { readonly type: 'reasoning-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'refusal-delta'; readonly index: number; readonly text: string }
  | {
      readonly type: 'tool-start';
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly opaque?: VendorState;
    }
  | { readonly type: 'tool-delta'; readonly index: number; readonly json: string }
  /** Belongs to the open text part. */
  | { readonly type: 'citation'; readonly index: number; readonly citation: Citation }
  | { readonly type: 'part-end'; readonly index: number; readonly opaque?: VendorState }
  | { readonly type: 'part'; readonly index: number; readonly part: WholePart }
  /** Cumulative: the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly finish: Finish; readonly serviceTier?: string };

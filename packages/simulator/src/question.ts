/** A parsed JSON object, its fields not looked at yet. */
export type JsonObject = { readonly [key: string]: unknown };

export interface Tool {
  readonly name: string;
  readonly schema: JsonObject;
  /** Takes free text in place of arguments. */
  readonly custom?: boolean;
}

/** Something that is no text. */
export interface Attachment {
  readonly kind: 'image' | 'file' | 'audio';
  readonly mediaType?: string;
  /** How long it is, where its bytes came along. */
  readonly bytes?: number;
  readonly url?: string;
}

/** What a message holds. */
export interface Content {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

/** A stretch of the prompt, for counting and for the cache of prefixes. */
export interface PromptPart {
  readonly text: string;
  readonly images: number;
  /** The caller wants the prompt kept up to here. */
  readonly mark?: '5m' | '1h';
}

/** What behaviours may know of a request, in no vendor's form. */
export interface Question {
  readonly model: string;
  /** Text of the last user message. */
  readonly text: string;
  /** Images in the last user message. */
  readonly images: number;
  /** What else came with the last user message, images included. */
  readonly attachments?: readonly Attachment[];
  /** Text of a tool's result, when that is what the answer has to follow. */
  readonly toolResult?: string;
  /** Tools that may be called: none where the caller forbade it, one where it named one. */
  readonly tools: readonly Tool[];
  /** The caller will have a call. */
  readonly toolRequired?: boolean;
  readonly parallelTools: boolean;
  /** The schema that the answer must satisfy. */
  readonly schema?: JsonObject;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  /** The beginning of the answer, where the caller wrote it. */
  readonly prefill?: string;
  /** The caller asked for reasoning. */
  readonly thinking?: boolean;
  /** Answers so far in this conversation. */
  readonly turns: number;
  readonly prompt: readonly PromptPart[];
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in what should be a list of objects; anything else is as good as absent. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/** Of `data:image/png;base64,...` or of an address. */
export function attachmentOf(kind: Attachment['kind'], url: string): Attachment {
  const [, mediaType, base64] = /^data:([^;,]*);base64,(.*)$/s.exec(url) ?? [];
  if (mediaType === undefined || base64 === undefined) return { kind, url };
  return { kind, mediaType, bytes: byteLengthOf(base64) };
}

export function byteLengthOf(base64: string): number {
  return Buffer.from(base64, 'base64').length;
}

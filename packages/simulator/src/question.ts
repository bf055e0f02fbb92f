/** A parsed JSON object, its fields not looked at yet. */
export type JsonObject = { readonly [key: string]: unknown };

export interface Tool {
  readonly name: string;
  readonly schema: JsonObject;
}

/** What behaviours may know of a request, in no vendor's form. */
export interface Question {
  readonly model: string;
  /** Text of the last user message. */
  readonly text: string;
  /** Images in the last user message. */
  readonly images: number;
  /** Text of a tool's result, when that is what the answer has to follow. */
  readonly toolResult?: string;
  /** Tools that may be called: none where the caller forbade it, one where it named one. */
  readonly tools: readonly Tool[];
  readonly parallelTools: boolean;
  /** The schema that the answer must satisfy. */
  readonly schema?: JsonObject;
  readonly maxTokens?: number;
  readonly inputTokens: number;
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

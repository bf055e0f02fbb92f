import type { Citation, TokenLogprob } from '@sluice/contract';

/** Items of an answer, as they grow. Source: npm openai 6.49.0, `resources/responses/responses.d.ts`. */
export type Status = 'in_progress' | 'completed' | 'incomplete';

export interface TextContent {
  readonly type: 'output_text';
  text: string;
  readonly annotations: object[];
  readonly logprobs: object[];
}
export interface RefusalContent {
  readonly type: 'refusal';
  refusal: string;
}
export interface MessageItem {
  readonly type: 'message';
  readonly id: string;
  status: Status;
  readonly role: 'assistant';
  readonly content: (TextContent | RefusalContent)[];
}
export interface ReasoningItem {
  readonly type: 'reasoning';
  readonly id: string;
  readonly summary: { readonly type: 'summary_text'; text: string }[];
  encrypted_content?: string;
}
export interface FunctionCallItem {
  readonly type: 'function_call';
  readonly id: string;
  status: Status;
  readonly call_id: string;
  readonly name: string;
  arguments: string;
}
export interface CustomCallItem {
  readonly type: 'custom_tool_call';
  readonly id: string;
  status: Status;
  readonly call_id: string;
  readonly name: string;
  input: string;
}
/** An item of OpenAI's own, as it came, or a picture. */
export interface OtherItem {
  readonly type: string & {};
  readonly [field: string]: unknown;
}
export type OutputItem = MessageItem | ReasoningItem | FunctionCallItem | CustomCallItem | OtherItem;

export function writeLogprob({ token, logprob, bytes, top }: TokenLogprob): object {
  const inBytes = (text: string, given?: readonly number[]): readonly number[] => given ?? [...Buffer.from(text)];
  return {
    token,
    logprob,
    bytes: inBytes(token, bytes),
    top_logprobs: top.map((other) => ({
      token: other.token,
      logprob: other.logprob,
      bytes: inBytes(other.token, other.bytes),
    })),
  };
}

export function writeAnnotation({ url = '', title = '', range = [0, 0] }: Citation): object {
  return { type: 'url_citation', url, title, start_index: range[0], end_index: range[1] };
}

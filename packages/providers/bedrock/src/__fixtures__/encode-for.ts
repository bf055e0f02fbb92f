import type { ChatRequest, Message } from '@sluice/contract';
import { encodeChat } from '../chat/encode.js';

export const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
export const NOVA = 'us.amazon.nova-pro-v1:0';
export const LLAMA = 'meta.llama3-1-70b-instruct-v1:0';
export const MISTRAL = 'mistral.mistral-large-2407-v1:0';
/** A profile of an application, whose id says nothing of its model. */
export const UNKNOWN = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';

export const USER: Message = { role: 'user', content: [{ type: 'text', text: 'Hi.' }] };
export const TOOLS = [
  { name: 'f', schema: {} },
  { name: 'g', schema: {} },
];

/** What is sent, as far as tests look at it. */
export interface SentBody {
  readonly messages: readonly { readonly role: string; readonly content: readonly Record<string, unknown>[] }[];
  readonly system?: readonly { readonly text?: string }[];
  readonly toolConfig?: {
    readonly tools: readonly { readonly toolSpec?: { readonly name: string } }[];
    readonly toolChoice?: unknown;
  };
  readonly inferenceConfig?: unknown;
  readonly outputConfig?: unknown;
  readonly additionalModelRequestFields?: unknown;
}
export interface Sent {
  readonly body: SentBody;
  /** Each adjustment as `parameter action`. */
  readonly changes: readonly string[];
}

/** What a model would be sent for a request. */
export function encodeFor(model: string, request: Partial<ChatRequest>): Sent {
  const target = { provider: 'p', model, baseUrl: new URL('https://x.test') };
  const { request: sent, adjustments } = encodeChat({ messages: [USER], stream: false, ...request }, target, {});
  return {
    body: JSON.parse(String(sent.body)) as SentBody,
    changes: adjustments.map(({ parameter, action }) => `${parameter} ${action}`),
  };
}

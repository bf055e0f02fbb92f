import type { Adjustment, ChatRequest, Message } from '@sluice/contract';
import type { ApiVersion } from '../../settings.js';
import { encodeChat } from '../encode.js';

export const HI: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
export const TOOL = { name: 'look', schema: { type: 'object' } };
export const BUDGET_MODEL = 'claude-haiku-4-5';
export const CURRENT_MODEL = 'claude-opus-5-5';

/** What a request became on the wire. */
export interface Sent {
  readonly body: Record<string, unknown>;
  readonly adjustments: readonly Adjustment[];
}

export function encode(part: Partial<ChatRequest>, model = BUDGET_MODEL, version: ApiVersion = '2023-06-01'): Sent {
  const target = { provider: 'claude', model, baseUrl: new URL('https://api.anthropic.com') };
  const encoded = encodeChat({ messages: [HI], stream: false, ...part }, target, { headers: {}, version });
  return {
    body: JSON.parse(String(encoded.request.body)) as Record<string, unknown>,
    adjustments: encoded.adjustments,
  };
}

/** The adjustments as words. */
export function names({ adjustments }: Sent): readonly string[] {
  return adjustments.map(({ parameter, action }) => `${parameter} ${action}`);
}

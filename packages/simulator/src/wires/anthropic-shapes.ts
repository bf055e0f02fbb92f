import { padded, type Identity } from './wire.js';
import type { ContentStep, FinishReason } from '../steps.js';
import type { JsonObject } from '../question.js';
import type { TokenCount } from '../tokens.js';

export const STOP_REASON: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
};

export function writeUsage({ input, output, reasoning }: TokenCount): JsonObject {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
    ...(reasoning > 0 && { output_tokens_details: { thinking_tokens: reasoning } }),
  };
}

export function envelope({ number, model }: Identity): JsonObject {
  return { id: `msg_sim_${padded(number)}`, type: 'message', role: 'assistant', model };
}

export function toolUseId({ number }: Identity, index: number): string {
  return `toolu_sim_${padded(number)}_${index}`;
}

export function signature({ number }: Identity): string {
  return Buffer.from(`sim-signature-${padded(number)}`).toString('base64');
}

export function stopDetails(content: readonly ContentStep[]): JsonObject {
  const refusal = content.find(({ type }) => type === 'refusal');
  return refusal?.type === 'refusal' ? { stop_details: { category: 'policy', explanation: refusal.text } } : {};
}

import type { AssistantPart, ChatResult, JsonObject, ReasoningPart } from '@sluice/contract';
import { parseMessage, redactedState, signatureState, toFinish, toUsage } from '@sluice/toolkit/anthropic-wire';

/** A plain answer. Blocks that a chat has no place for, such as those of server tools, are passed over. */
export function decodeChat(body: Uint8Array): ChatResult {
  const { message, blocks } = parseMessage(body);
  const usage = toUsage(message.usage);
  return {
    id: asText(message.id),
    model: asText(message.model),
    content: blocks.flatMap(toPart),
    finish: toFinish(message.stop_reason) ?? { unified: 'other' },
    ...(usage ? { usage } : {}),
  };
}

function toPart(block: JsonObject): readonly AssistantPart[] {
  switch (block.type) {
    case 'text':
      return block.text === '' ? [] : [{ type: 'text', text: asText(block.text) }];
    case 'thinking':
      return toReasoning(asText(block.thinking), asText(block.signature));
    case 'redacted_thinking':
      return [{ type: 'reasoning', text: '', opaque: redactedState(asText(block.data)) }];
    case 'tool_use':
      return [
        { type: 'tool-call', id: asText(block.id), name: asText(block.name), json: JSON.stringify(block.input ?? {}) },
      ];
    default:
      return [];
  }
}

function toReasoning(text: string, signature: string): readonly ReasoningPart[] {
  if (signature !== '') return [{ type: 'reasoning', text, opaque: signatureState(signature) }];
  return text === '' ? [] : [{ type: 'reasoning', text }];
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

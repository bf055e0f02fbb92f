import type { AssistantPart, ChatResult } from '@sluice/contract';
import { toStopReason, toThinkingBlock, toToolInput, toToolUseId, toWireUsage } from '@sluice/toolkit/anthropic-wire';
import type { AssistantBlock } from '@sluice/toolkit/anthropic-wire';

/** A whole answer as the body of `POST /v1/messages`. */
export function writeResult({ id, model, content, finish, usage }: ChatResult): string {
  const refused = content.some((part) => part.type === 'refusal');
  return JSON.stringify({
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: content.flatMap(toBlock),
    stop_reason: refused ? 'refusal' : toStopReason(finish),
    stop_sequence: null,
    usage: toWireUsage(usage),
  });
}

function toBlock(part: AssistantPart): readonly AssistantBlock[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    case 'tool-call':
      return [{ type: 'tool_use', id: toToolUseId(part.id), name: part.name, input: toToolInput(part.json) }];
    case 'reasoning':
      return [toThinkingBlock(part) ?? { type: 'thinking', thinking: part.text, signature: '' }];
    case 'image':
    case 'audio':
    case 'vendor':
      return [];
  }
}

import type { ChatResult } from '@sluice/contract';
import { toText } from '@sluice/toolkit';
import { createEnding, isEmptyPart, parseMessage, toAssistantPart, toUsage } from '@sluice/toolkit/anthropic-wire';

/** A plain answer. What only this vendor understands, such as the calls of its own tools, is kept as it came. */
export function decodeChat(body: Uint8Array): ChatResult {
  const { message, blocks } = parseMessage(body);
  const usage = toUsage(message.usage);
  const ending = createEnding();
  ending.see(message);
  const content = blocks.map(toAssistantPart).filter((part) => !isEmptyPart(part));
  const refusal = ending.refusal();
  return {
    id: toText(message.id),
    model: toText(message.model),
    content: refusal === undefined ? content : [...content, { type: 'refusal', text: refusal }],
    finish: ending.finish(),
    ...(usage ? { usage } : {}),
    ...ending.serviceTier(),
  };
}

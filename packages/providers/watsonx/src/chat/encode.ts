import type { ChatRequest, Encoded, JsonObject, Target } from '@sluice/contract';
import { writeChat } from '@sluice/provider-openai-compatible/internal';
import { isJsonObject } from '@sluice/toolkit';
import { RULES } from './rules.js';
import { placeOf } from '../account.js';
import type { Account } from '../account.js';

/**
 * The vendor's request for a chat: OpenAI's but for the names of the model and of the choice among tools. Whether it
 * streams is said by the path.
 */
export function encodeChat(request: ChatRequest, target: Target, account: Account): Encoded {
  const { fields, adjustments } = writeChat(request, target, RULES);
  const { messages, stream: _, tool_choice: choice, ...others } = fields;
  const place = placeOf(target, request.stream ? 'text/chat_stream' : 'text/chat', account);
  const body = JSON.stringify({
    messages: (messages as readonly JsonObject[]).map(withPlainText),
    ...others,
    ...(typeof choice === 'string' ? { tool_choice_option: choice } : { tool_choice: choice }),
    // Last, so that nothing which a caller sends can stand in its place.
    ...place.fields,
  });
  return { request: { method: 'POST', url: place.url, headers: account.headers, body }, adjustments };
}

/** Lists of parts are for users: a system's content is one text, in which paragraphs stand for parts. */
function withPlainText(message: JsonObject): JsonObject {
  if (message.role !== 'system' || !Array.isArray(message.content)) return message;
  const texts = message.content.map((part: unknown) => (isJsonObject(part) ? part.text : ''));
  return { ...message, content: texts.join('\n\n') };
}

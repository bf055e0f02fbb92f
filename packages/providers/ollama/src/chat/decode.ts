import { gatewayError } from '@sluice/contract';
import type { AssistantPart, ChatResult } from '@sluice/contract';
import { decodeText, isJsonObject, parseUpstreamJson, toText } from '@sluice/toolkit';
import { errorIn, unusable } from '../classify.js';
import { readUsage } from '../usage.js';
import { readLogprobs, readToolCalls, toFinish } from './answer.js';

/** A plain answer. The server gives it no id. */
export function decodeChat(bytes: Uint8Array): ChatResult {
  const answer = parseUpstreamJson(bytes);
  const { message, model, done_reason: reason } = answer;
  if (!isJsonObject(message)) throw errorIn(answer) ?? unusable("The provider's answer is not a chat.");
  if (answer.done !== true) {
    throw gatewayError('upstream_truncated', { message: "The provider's answer stops before its end." });
  }
  const calls = readToolCalls(decodeText(bytes), answer);
  const thinking = toText(message.thinking);
  const text = toText(message.content);
  const content: AssistantPart[] = [];
  if (thinking !== '') content.push({ type: 'reasoning', text: thinking });
  if (text !== '') content.push({ type: 'text', text });
  content.push(...calls);
  const usage = readUsage(answer);
  const logprobs = readLogprobs(answer.logprobs);
  return {
    id: '',
    model: toText(model),
    content,
    finish: toFinish(reason, calls.length > 0),
    ...(usage ? { usage } : {}),
    ...(logprobs ? { logprobs } : {}),
  };
}

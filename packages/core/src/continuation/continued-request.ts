import type { ChatRequest, ParsedCall } from '@sluice/contract';
import { estimateTokens } from '../estimate.js';

/**
 * The canonical form of a call whose answer another target may finish; nothing where that could not be the same answer.
 * A form of its own for the answer, probabilities and a tool that must be called bind it to the model that began.
 */
export function continuable<Request>(parsed: ParsedCall<Request>): ChatRequest | undefined {
  if (!parsed.stream) return undefined;
  const request = canonical(parsed);
  if (!request || request.logprobs || request.messages.at(-1)?.role === 'assistant') return undefined;
  const { responseFormat = { type: 'text' }, toolChoice = { type: 'auto' } } = request;
  const isFree = responseFormat.type === 'text' && (toolChoice.type === 'auto' || toolChoice.type === 'none');
  return isFree ? request : undefined;
}

/** Of what has no canonical form, such as a call for several answers, nothing can be continued. */
function canonical<Request>(parsed: ParsedCall<Request>): ChatRequest | undefined {
  try {
    return parsed.toRequest() as unknown as ChatRequest;
  } catch {
    return undefined;
  }
}

/**
 * The call for the rest: the text so far is the beginning of the answer, and its tokens, as estimated, are taken off the
 * most that may come. It is asked without reasoning: that was done. Nothing where a sequence that ends the answer might
 * have begun already, for no other model would see it as one.
 */
export function continuedRequest(request: ChatRequest, text: string): ChatRequest | undefined {
  if (request.stop?.some((stop) => endsInside(text, stop))) return undefined;
  if (text === '') return request;
  const { reasoning: _reasoning, maxOutputTokens, ...rest } = request;
  return {
    ...rest,
    messages: [...request.messages, { role: 'assistant', content: [{ type: 'text', text }] }],
    ...(maxOutputTokens === undefined
      ? {}
      : { maxOutputTokens: Math.max(1, maxOutputTokens - estimateTokens(text.length)) }),
  };
}

/** Whether the text ends with the beginning of `stop`. */
function endsInside(text: string, stop: string): boolean {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(stop.slice(0, length))) return true;
  }
  return false;
}

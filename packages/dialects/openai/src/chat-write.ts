import type { ChatResult, Finish, WriteContext } from '@sluice/contract';
import { given } from '@sluice/toolkit';
import { writeAssistant, writeFinishReason, writeLogprobs, writeUsage } from '@sluice/toolkit/openai-wire';
import { asksInOldForm } from './offered-tools.js';

/** The body of a plain chat answer. */
export function writeChatResult(result: ChatResult, { requestId, createdSeconds, wire }: WriteContext): string {
  const isOld = asksInOldForm(wire);
  const { role, content, refusal, tool_calls: calls, ...said } = writeAssistant(result.content);
  const of = content === null && refusal !== undefined ? 'refusal' : 'content';
  const [first] = calls ?? [];
  const called = isOld && first?.type === 'function' ? { function_call: first.function } : given('tool_calls', calls);
  return JSON.stringify({
    id: result.id || requestId,
    object: 'chat.completion',
    created: createdSeconds,
    model: result.model,
    choices: [
      {
        index: 0,
        message: { role, content, refusal: refusal ?? null, ...said, ...called },
        logprobs: result.logprobs ? writeLogprobs(result.logprobs, of) : null,
        ...writeFinish(result.finish, isOld),
      },
    ],
    ...given('service_tier', result.serviceTier),
    ...(result.usage ? { usage: writeUsage(result.usage) } : {}),
  });
}

/** The reason in OpenAI's words and, where the vendor used another word, that one under OpenRouter's name for it. */
export function writeFinish(
  finish: Finish,
  isOld: boolean,
): {
  readonly finish_reason: string;
  readonly native_finish_reason?: string;
} {
  const reason = isOld && finish.unified === 'tool-calls' ? 'function_call' : writeFinishReason(finish);
  if (finish.raw === undefined || finish.raw === reason) return { finish_reason: reason };
  return { finish_reason: reason, native_finish_reason: finish.raw };
}

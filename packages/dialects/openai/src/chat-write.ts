import type { ChatResult, Finish, WriteContext } from '@sluice/contract';
import { writeAssistant, writeFinishReason, writeUsage } from '@sluice/toolkit/openai-wire';

/** The body of a plain chat answer. */
export function writeChatResult(result: ChatResult, { requestId, createdSeconds }: WriteContext): string {
  const { role, content, refusal, ...said } = writeAssistant(result.content);
  return JSON.stringify({
    id: result.id || requestId,
    object: 'chat.completion',
    created: createdSeconds,
    model: result.model,
    choices: [
      {
        index: 0,
        message: { role, content, refusal: refusal ?? null, ...said },
        logprobs: null,
        ...writeFinish(result.finish),
      },
    ],
    ...(result.usage ? { usage: writeUsage(result.usage) } : {}),
  });
}

/** The reason in OpenAI's words and, where the vendor used another word, that one under OpenRouter's name for it. */
export function writeFinish(finish: Finish): {
  readonly finish_reason: string;
  readonly native_finish_reason?: string;
} {
  const reason = writeFinishReason(finish);
  if (finish.raw === undefined || finish.raw === reason) return { finish_reason: reason };
  return { finish_reason: reason, native_finish_reason: finish.raw };
}

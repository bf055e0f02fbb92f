import type { GatewayError } from '@sluice/contract';
import type { PlainAnswer, ReceivedCall } from '@sluice/core';
import { writeAnthropicError } from '@sluice/dialect-anthropic';
import { writeGeminiError } from '@sluice/dialect-gemini';
import { writeOpenAiError } from '@sluice/dialect-openai';

const GEMINI_PATH = /^\/v1beta(?:\/|$)|^\/v1\/models\/.+:[A-Za-z]+$/;
const ANTHROPIC_PATH = /^\/v1\/messages(?:\/|$)/;

/** A failure outside the data plane, as the caller's client reads it: OpenAI's shape for all but Anthropic's and Google's. */
export function errorAnswer(error: GatewayError, { headers, ...ids }: ReceivedCall, path: string): PlainAnswer {
  if (GEMINI_PATH.test(path)) return { kind: 'plain', ...writeGeminiError(error) };
  const isAnthropic = headers['anthropic-version'] !== undefined || ANTHROPIC_PATH.test(path);
  const written = isAnthropic
    ? writeAnthropicError(error, { requestId: ids.clientRequestId ?? ids.requestId })
    : writeOpenAiError(error);
  return { kind: 'plain', ...written };
}

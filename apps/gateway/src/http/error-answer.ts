import type { GatewayError, WrittenError } from '@sluice/contract';
import type { PlainAnswer, ReceivedCall } from '@sluice/core';
import { writeAnthropicError } from '@sluice/dialect-anthropic';
import { writeGeminiError } from '@sluice/dialect-gemini';
import { writeOpenAiError } from '@sluice/dialect-openai';

const GEMINI_PATH = /^\/v1beta(?:\/|$)|^\/v1\/models\/.+:[A-Za-z]+$/;
const ANTHROPIC_PATH = /^\/v1\/messages(?:\/|$)/;

/** A failure outside the data plane, as the caller's client reads it. */
export function errorAnswer(error: GatewayError, received: ReceivedCall, path: string): PlainAnswer {
  return { kind: 'plain', ...writeErrorAt(path, error, received) };
}

/** A failure in the words of the API whose path was asked: OpenAI's shape for all but Anthropic's and Google's. */
export function writeErrorAt(path: string, error: GatewayError, { headers, ...ids }: ReceivedCall): WrittenError {
  if (GEMINI_PATH.test(path)) return writeGeminiError(error);
  const isAnthropic = headers['anthropic-version'] !== undefined || ANTHROPIC_PATH.test(path);
  return isAnthropic
    ? writeAnthropicError(error, { requestId: ids.clientRequestId ?? ids.requestId })
    : writeOpenAiError(error);
}

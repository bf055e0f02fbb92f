import type { JsonObject } from '@sluice/contract';
import { geminiStreamGenerate } from '@sluice/dialect-gemini';
import { tryParseExact } from '@sluice/toolkit';
import { HI, RESULT, eventsOf, listOf, numberOf, objectOf, textOf } from './client.js';
import type { Client } from './client.js';

const ASKED = { role: 'user', parts: [{ text: HI }] };

export const geminiClient: Client = {
  dialect: geminiStreamGenerate,
  address: { headers: {}, params: { model: 'm' }, query: new URLSearchParams('alt=sse') },
  question: { contents: [ASKED] },
  next(answer) {
    const content = contentOf(answer);
    const results = listOf(content.parts).flatMap(({ functionCall }) => {
      const { id, name } = objectOf(functionCall);
      return functionCall ? [{ functionResponse: { id, name, response: { output: RESULT } } }] : [];
    });
    return { contents: [ASKED, content, { role: 'user', parts: [...results, { text: HI }] }] };
  },
  assemble,
  refuses: false,
  essence: (answer) => withParts(answer, listOf(contentOf(answer).parts)),
  read(answer) {
    const parts = listOf(contentOf(answer).parts);
    const usage = objectOf(answer.usageMetadata);
    const thought = numberOf(usage.thoughtsTokenCount);
    const join = (isThought: boolean): string =>
      parts.map((part) => ((part.thought === true) === isThought ? textOf(part.text) : '')).join('');
    return {
      text: join(false),
      reasoning: join(true),
      calls: parts.flatMap(({ functionCall }) => {
        const { name, args } = objectOf(functionCall);
        return functionCall ? [[name, args] as const] : [];
      }),
      usage: {
        inputTokens: numberOf(usage.promptTokenCount),
        outputTokens: numberOf(usage.candidatesTokenCount) + thought,
        cachedInputTokens: numberOf(usage.cachedContentTokenCount),
        reasoningTokens: thought,
      },
    };
  },
};

function candidateOf({ candidates }: JsonObject): JsonObject {
  return objectOf(listOf(candidates)[0]);
}

function contentOf(answer: JsonObject): JsonObject {
  return objectOf(candidateOf(answer).content);
}

/** Pieces of one text are one part; a signature that came behind belongs to what it came behind. */
function withParts(answer: JsonObject, parts: readonly JsonObject[]): JsonObject {
  const joined: JsonObject[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const goesOn =
      typeof last?.text === 'string' && typeof part.text === 'string' && last.thought === part.thought;
    if (goesOn && last.thoughtSignature === undefined) {
      joined[joined.length - 1] = { ...last, ...part, text: textOf(last.text) + textOf(part.text) };
    } else joined.push(part);
  }
  return { ...answer, candidates: [{ ...candidateOf(answer), content: { parts: joined, role: 'model' } }] };
}

function assemble(stream: string): JsonObject {
  const chunks = eventsOf(stream, (data) => data.includes('"finishReason":')).map(
    (data) => tryParseExact(data) as JsonObject,
  );
  const parts = chunks.flatMap((chunk) => listOf(contentOf(chunk).parts));
  const candidate = Object.assign({}, ...chunks.map(candidateOf)) as JsonObject;
  const whole = Object.assign({}, ...chunks) as JsonObject;
  return { ...whole, candidates: [{ ...candidate, content: { parts, role: 'model' } }] };
}

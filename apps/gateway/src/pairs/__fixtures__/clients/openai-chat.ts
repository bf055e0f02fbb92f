import type { JsonObject } from '@sluice/contract';
import { openAiChat } from '@sluice/dialect-openai';
import { tryParseExact } from '@sluice/toolkit';
import { HI, RESULT, eventsOf, listOf, numberOf, objectOf, textOf, withoutBlanks } from './client.js';
import type { Client } from './client.js';

const ASKED = { role: 'user', content: HI };

export const openAiChatClient: Client = {
  dialect: openAiChat,
  address: { headers: {} },
  question: { model: 'm', messages: [ASKED], stream_options: { include_usage: true } },
  next(answer) {
    const { message } = choiceOf(answer);
    const results = listOf(objectOf(message).tool_calls).map(({ id }) => ({
      role: 'tool',
      tool_call_id: id,
      content: RESULT,
    }));
    return { model: 'm', messages: [ASKED, message, ...results, ASKED] };
  },
  assemble,
  essence: (answer) => withoutBlanks({ ...answer, object: '' }) as JsonObject,
  refuses: true,
  read(answer) {
    const message = objectOf(choiceOf(answer).message);
    const usage = objectOf(answer.usage);
    return {
      text: textOf(message.content) + textOf(message.refusal),
      reasoning: textOf(message.reasoning_content),
      calls: listOf(message.tool_calls).map(({ function: called }) => {
        const { name, arguments: json } = objectOf(called);
        return [name, json];
      }),
      usage: {
        inputTokens: numberOf(usage.prompt_tokens),
        outputTokens: numberOf(usage.completion_tokens),
        cachedInputTokens: numberOf(objectOf(usage.prompt_tokens_details).cached_tokens),
        reasoningTokens: numberOf(objectOf(usage.completion_tokens_details).reasoning_tokens),
      },
    };
  },
};

function choiceOf({ choices }: JsonObject): JsonObject {
  return objectOf(listOf(choices)[0]);
}

function assemble(stream: string): JsonObject {
  const chunks = eventsOf(stream, (data) => data === '[DONE]')
    .slice(0, -1)
    .map((data) => tryParseExact(data) as JsonObject);
  let whole: JsonObject = {};
  let choice: JsonObject = {};
  for (const { choices, ...fields } of chunks) {
    whole = { ...whole, ...(withoutBlanks(fields) as JsonObject) };
    const { delta, logprobs, ...rest } = objectOf(listOf(choices)[0]);
    const joined = logprobs ? { logprobs: join(objectOf(choice.logprobs), objectOf(logprobs)) } : {};
    const message = join(objectOf(choice.message), objectOf(delta));
    choice = { ...choice, ...(withoutBlanks(rest) as JsonObject), ...joined, message };
  }
  return { ...whole, choices: [choice] };
}

/** Texts are appended, entries of lists are put at the place that they name, or behind the others. */
function join(whole: JsonObject, delta: JsonObject): JsonObject {
  const joined: Record<string, unknown> = { ...whole };
  for (const [key, value] of Object.entries(delta)) {
    const held = joined[key];
    if (typeof value === 'string' && !['id', 'type', 'role', 'name'].includes(key)) joined[key] = textOf(held) + value;
    else if (Array.isArray(value)) joined[key] = joinLists(key, listOf(held), value as readonly JsonObject[]);
    else if (typeof value === 'object' && value !== null) joined[key] = join(objectOf(held), value as JsonObject);
    else joined[key] = value;
  }
  return joined;
}

function joinLists(key: string, held: readonly JsonObject[], more: readonly JsonObject[]): readonly JsonObject[] {
  if (key !== 'tool_calls') return [...held, ...more];
  const calls = [...held];
  for (const { index, ...call } of more) calls[index as number] = join(objectOf(calls[index as number]), call);
  return calls;
}

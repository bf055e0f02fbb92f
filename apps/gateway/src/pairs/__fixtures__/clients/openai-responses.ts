import type { JsonObject } from '@sluice/contract';
import { openAiResponses } from '@sluice/dialect-openai';
import { tryParseExact } from '@sluice/toolkit';
import { HI, RESULT, eventsOf, listOf, numberOf, objectOf, textOf } from './client.js';
import type { Client } from './client.js';

const ASKED = { role: 'user', content: HI };
const STATELESS = { model: 'm', store: false, include: ['reasoning.encrypted_content'] };

export const openAiResponsesClient: Client = {
  dialect: openAiResponses,
  address: { headers: {} },
  question: { ...STATELESS, input: [ASKED] },
  next({ output }) {
    const results = listOf(output)
      .filter(({ type }) => type === 'function_call')
      .map(({ call_id }) => ({ type: 'function_call_output', call_id, output: RESULT }));
    return { ...STATELESS, input: [ASKED, ...listOf(output), ...results, ASKED] };
  },
  assemble(stream) {
    const isEnd = (data: string): boolean => /^\{"type":"response\.(?:completed|incomplete)"/.test(data);
    const events = eventsOf(stream, isEnd);
    return objectOf((tryParseExact(events.at(-1) ?? '') as JsonObject).response);
  },
  essence: (answer) => answer,
  refuses: true,
  read({ output, usage: used }) {
    const items = listOf(output);
    const contents = items.filter(({ type }) => type === 'message').flatMap(({ content }) => listOf(content));
    const summaries = items.filter(({ type }) => type === 'reasoning').flatMap(({ summary }) => listOf(summary));
    const usage = objectOf(used);
    return {
      text: contents.map(({ text, refusal }) => textOf(text) + textOf(refusal)).join(''),
      reasoning: summaries.map(({ text }) => textOf(text)).join(''),
      calls: items
        .filter(({ type }) => type === 'function_call')
        .map(({ name, arguments: json }) => [name, json] as const),
      usage: {
        inputTokens: numberOf(usage.input_tokens),
        outputTokens: numberOf(usage.output_tokens),
        cachedInputTokens: numberOf(objectOf(usage.input_tokens_details).cached_tokens),
        reasoningTokens: numberOf(objectOf(usage.output_tokens_details).reasoning_tokens),
      },
    };
  },
};

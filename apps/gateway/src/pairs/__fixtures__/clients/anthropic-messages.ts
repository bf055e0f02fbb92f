import type { JsonObject } from '@sluice/contract';
import { anthropicMessages } from '@sluice/dialect-anthropic';
import { tryParseExact } from '@sluice/toolkit';
import { HI, RESULT, eventsOf, listOf, numberOf, objectOf, textOf, withoutBlanks } from './client.js';
import type { Client } from './client.js';

const ASKED = { role: 'user', content: HI };
const BASE = { model: 'm', max_tokens: 100 };

export const anthropicClient: Client = {
  dialect: anthropicMessages,
  address: { headers: {} },
  question: { ...BASE, messages: [ASKED] },
  next({ content }) {
    const results = listOf(content)
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: RESULT }));
    const user = { role: 'user', content: [...results, { type: 'text', text: HI }] };
    return { ...BASE, messages: [ASKED, { role: 'assistant', content }, user] };
  },
  assemble,
  essence: (answer) => withoutBlanks(answer) as JsonObject,
  refuses: false,
  read({ content, usage: used }) {
    const blocks = listOf(content);
    const usage = objectOf(used);
    const cached = numberOf(usage.cache_read_input_tokens);
    return {
      text: blocks.map(({ text }) => textOf(text)).join(''),
      reasoning: blocks.map(({ thinking }) => textOf(thinking)).join(''),
      calls: blocks.filter(({ type }) => type === 'tool_use').map(({ name, input }) => [name, input] as const),
      usage: {
        inputTokens: numberOf(usage.input_tokens) + cached + numberOf(usage.cache_creation_input_tokens),
        outputTokens: numberOf(usage.output_tokens),
        cachedInputTokens: cached,
        reasoningTokens: numberOf(objectOf(usage.output_tokens_details).thinking_tokens),
      },
    };
  },
};

function assemble(stream: string): JsonObject {
  const events = eventsOf(stream, (data) => data.startsWith('{"type":"message_stop"'));
  let message: JsonObject = {};
  const blocks: Record<string, unknown>[] = [];
  let json = '';
  for (const event of events.map((data) => tryParseExact(data) as JsonObject)) {
    const { type, index, delta, message: opened, content_block: block, ...rest } = event;
    if (type === 'message_start') message = objectOf(opened);
    if (type === 'message_delta') message = { ...message, ...objectOf(delta), ...rest };
    if (type === 'content_block_start') blocks.push({ ...objectOf(block) });
    if (type === 'content_block_delta') json += extend(blocks[index as number] ?? {}, objectOf(delta));
    if (type === 'content_block_stop' && json !== '') Object.assign(blocks.at(-1) ?? {}, { input: tryParseExact(json) });
    if (type === 'content_block_stop') json = '';
  }
  return { ...message, content: blocks };
}

/** What a delta adds to the input of a tool. */
function extend(block: Record<string, unknown>, delta: JsonObject): string {
  if (delta.citation) block['citations'] = [...listOf(block['citations']), delta.citation];
  for (const key of ['text', 'thinking', 'signature']) {
    if (delta[key] !== undefined) block[key] = textOf(block[key]) + textOf(delta[key]);
  }
  return textOf(delta.partial_json);
}

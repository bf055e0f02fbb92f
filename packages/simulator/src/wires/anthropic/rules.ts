import { checkThinkingBlocks } from './thinking-rules.js';
import { checkToolTurns } from './tool-rules.js';
import { findSchemaFault } from '../../shape/strict-schema.js';
import { isObject, objects, textOr, type JsonObject } from '../../question.js';
import { refuse } from '../../steps.js';
import type { Persona } from '../../personas.js';

/**
 * What Anthropic refuses in a body whose fields are each well formed. Sources: platform.claude.com/docs/en/api/errors,
 * .../build-with-claude/extended-thinking, .../thinking-troubleshooting, .../prompt-caching,
 * .../agents-and-tools/tool-use/implement-tool-use, .../api/migration-2026-10-21; the answers as users quote them in
 * github.com/anthropics/anthropic-sdk-python/issues and github.com/anthropics/claude-code/issues.
 */
export function checkMessages(body: JsonObject, persona: Persona, version: string): void {
  const messages = objects(body['messages']);
  checkOrder(messages, persona);
  messages.forEach((message, index) => checkContent(message, index, index === messages.length - 1));
  if (version !== '2023-06-01') messages.forEach(checkNewVersion);
  checkTools(body);
  checkToolTurns(messages);
  checkCacheMarks(body);
  checkSampling(body, persona);
  checkThinking(body, persona);
  checkThinkingBlocks(messages, isObject(body['thinking']) && body['thinking']['type'] === 'enabled');
  checkFormat(body);
}

export function isThinking({ thinking }: JsonObject): boolean {
  return isObject(thinking) && thinking['type'] !== 'disabled';
}

function checkOrder(messages: readonly JsonObject[], { prefill, systemTurns }: Persona): void {
  if (messages.length === 0) refuse('messages: at least one message is required');
  if (messages[0]?.['role'] !== 'user') refuse('messages: first message must use the "user" role');
  const system = messages.findIndex(({ role }) => role === 'system');
  if (system >= 0 && !systemTurns) refuse(`messages.${system}: role 'system' is not supported on this model`);
  if (messages.at(-1)?.['role'] === 'assistant' && !prefill) {
    refuse('This model does not support assistant message prefill. The conversation must end with a user message.');
  }
}

function checkContent({ role, content }: JsonObject, index: number, isLast: boolean): void {
  const blocks = objects(content);
  const empty = content === '' || (Array.isArray(content) && content.length === 0);
  if (empty && !(isLast && role === 'assistant')) {
    refuse(
      `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
    );
  }
  const texts =
    typeof content === 'string'
      ? [content]
      : blocks.filter(({ type }) => type === 'text').map(({ text }) => textOr(text, ''));
  if (!empty && texts.includes('')) refuse('messages: text content blocks must be non-empty');
  if (!empty && texts.some((text) => text.trim() === '')) {
    refuse('messages: text content blocks must contain non-whitespace text');
  }
  if (isLast && role === 'assistant' && /\s$/.test(texts.at(-1) ?? '')) {
    refuse('messages: final assistant content cannot end with trailing whitespace');
  }
  blocks.forEach((block, at) => checkImage(block, `messages.${index}.content.${at}`));
}

/** A base64 text of another alphabet or length is no image. */
function checkImage({ type, source }: JsonObject, place: string): void {
  if (type !== 'image' || !isObject(source) || source['type'] !== 'base64') return;
  const encoded = textOr(source['data'], '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0) {
    refuse(`${place}.image.source.base64: invalid base64 data`);
  }
}

function checkNewVersion({ role, content }: JsonObject, index: number): void {
  objects(content).forEach(({ type, citations }, at) => {
    const place = `messages.${index}.content.${at}`;
    if (role === 'assistant' && type === 'document') {
      refuse(`${place}: \`document\` blocks are not permitted in assistant messages`);
    }
    if (role === 'user' && type === 'text' && Array.isArray(citations) && citations.length > 0) {
      refuse(`${place}.text.citations: citations are not permitted on text blocks in user messages`);
    }
  });
}

function checkTools({ tools, tool_choice: choice }: JsonObject): void {
  const names = objects(tools).map(({ name }) => textOr(name, ''));
  objects(tools).forEach(({ name, type }, index) => {
    if ((type ?? 'custom') === 'custom' && !/^[a-zA-Z0-9_-]{1,128}$/.test(textOr(name, ''))) {
      refuse(`tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
  });
  if (new Set(names).size < names.length) refuse('tools: Tool names must be unique.');
  if (!isObject(choice)) return;
  if (names.length === 0) refuse('tool_choice: tool_choice may only be specified while providing tools.');
  if (choice['type'] === 'tool' && !names.includes(textOr(choice['name'], ''))) {
    refuse(`Tool '${textOr(choice['name'], '')}' not found in provided tools`);
  }
}

function checkCacheMarks(body: JsonObject): void {
  const marked = [...objects(body['tools']), ...objects(body['system']), ...blocksOf(body)]
    .map(({ cache_control: mark }) => mark)
    .filter(isObject);
  if (marked.length > 4) {
    refuse(`A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.`);
  }
  const firstShort = marked.findIndex(({ ttl }) => ttl !== '1h');
  const lastLong = marked.findLastIndex(({ ttl }) => ttl === '1h');
  if (firstShort >= 0 && lastLong > firstShort) {
    refuse("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block");
  }
}

function blocksOf(body: JsonObject): readonly JsonObject[] {
  return objects(body['messages']).flatMap(({ content }) => objects(content));
}

function checkSampling(body: JsonObject, { sampling }: Persona): void {
  const given = ['temperature', 'top_p', 'top_k'].filter((name) => body[name] !== undefined);
  if (!sampling && given.length > 0) refuse(`\`${given[0]}\` is deprecated for this model.`);
  if (!isThinking(body)) return;
  if (body['temperature'] !== undefined && body['temperature'] !== 1) {
    refuse('`temperature` may only be set to 1 when thinking is enabled.');
  }
  if (body['top_k'] !== undefined) refuse('`top_k` must be unset when thinking is enabled.');
}

function checkThinking(body: JsonObject, { thinking: ways, maxOutputTokens }: Persona): void {
  const { thinking, max_tokens: maxTokens, tool_choice: choice, model } = body;
  if (typeof maxTokens === 'number' && maxTokens > maxOutputTokens) {
    refuse(
      `max_tokens: ${maxTokens} > ${maxOutputTokens}, which is the maximum allowed number of output tokens for ${String(model)}`,
    );
  }
  if (!isObject(thinking)) return;
  if (thinking['type'] === 'enabled' && !ways.includes('budget')) {
    refuse(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    );
  }
  if (thinking['type'] === 'adaptive' && !ways.includes('adaptive')) {
    refuse(
      "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'",
    );
  }
  if (thinking['type'] === 'enabled' && Number(maxTokens) <= Number(thinking['budget_tokens'])) {
    refuse('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  if (isThinking(body) && isObject(choice) && ['any', 'tool'].includes(textOr(choice['type'], ''))) {
    refuse('Thinking may not be enabled when tool_choice forces tool use.');
  }
}

function checkFormat({ output_config: config }: JsonObject): void {
  const format = isObject(config) ? config['format'] : undefined;
  const schema = isObject(format) ? format['schema'] : undefined;
  const fault = isObject(schema) ? findSchemaFault(schema, { allRequired: false, refused: [] }) : undefined;
  if (fault) {
    refuse(`output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false`);
  }
}

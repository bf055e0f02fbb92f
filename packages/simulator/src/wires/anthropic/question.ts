import { attachmentOf, isObject, objects, textOr } from '../../question.js';
import { isThinking } from './rules.js';
import { refuse } from '../../steps.js';
import type { Attachment, JsonObject, PromptPart, Question, Tool } from '../../question.js';

/** What a message body asks. Throws for one without a model or messages. */
export function readQuestion(body: JsonObject): Question {
  const { model, max_tokens: maxTokens, messages } = body;
  if (typeof model !== 'string') refuse('model: Field required');
  if (!Array.isArray(messages) || messages.length === 0) refuse('messages: at least one message is required');
  const turns = objects(messages);
  const asked = turns.filter(({ role }) => role === 'user').map(({ content }) => readContent(content));
  // A turn of tool results alone asks nothing: the question is the turn before it.
  const question = asked.findLast(({ text, attachments }) => text !== '' || attachments.length > 0);
  const last = turns.at(-1);
  const toolResult = last?.['role'] === 'user' ? asked.at(-1)?.toolResult : undefined;
  const schema = readSchema(body['output_config']);
  const attachments = question?.attachments ?? [];
  return {
    model,
    text: question?.text ?? '',
    images: attachments.filter(({ kind }) => kind === 'image').length,
    attachments,
    ...(toolResult !== undefined && { toolResult }),
    ...readTools(body),
    ...(schema && { schema }),
    ...(typeof maxTokens === 'number' && { maxTokens }),
    stop: Array.isArray(body['stop_sequences'])
      ? body['stop_sequences'].filter((stop) => typeof stop === 'string')
      : [],
    ...(last?.['role'] === 'assistant' && { prefill: readContent(last['content']).text }),
    thinking: isThinking(body),
    turns: turns.filter(({ role }) => role === 'assistant').length,
    prompt: toPrompt(body, turns),
  };
}

interface Content {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly toolResult?: string;
}
function readContent(content: unknown): Content {
  if (typeof content === 'string') return { text: content, attachments: [] };
  const blocks = objects(content);
  const texts = blocks.filter(({ type }) => type === 'text').map(({ text }) => textOr(text, ''));
  const result = blocks.findLast(({ type }) => type === 'tool_result');
  return {
    text: texts.join(''),
    attachments: blocks.flatMap(toAttachment),
    ...(result && { toolResult: readContent(result['content']).text }),
  };
}

function toAttachment({ type, source }: JsonObject): readonly Attachment[] {
  if ((type !== 'image' && type !== 'document') || !isObject(source)) return [];
  const kind = type === 'image' ? 'image' : 'file';
  const data = textOr(source['data'], '');
  if (source['type'] === 'base64')
    return [attachmentOf(kind, `data:${textOr(source['media_type'], '')};base64,${data}`)];
  if (source['type'] === 'text') return [{ kind, mediaType: 'text/plain', bytes: Buffer.byteLength(data) }];
  return [{ kind, url: textOr(source['url'] ?? source['file_id'], '') }];
}

function readTools(body: JsonObject): Pick<Question, 'tools' | 'toolRequired' | 'parallelTools'> {
  const offered: readonly Tool[] = objects(body['tools'])
    .filter(({ type }) => (type ?? 'custom') === 'custom')
    .map(({ name, input_schema: schema }) => ({ name: textOr(name, ''), schema: isObject(schema) ? schema : {} }));
  const choice = isObject(body['tool_choice']) ? body['tool_choice'] : {};
  const parallelTools = choice['disable_parallel_tool_use'] !== true;
  if (choice['type'] === 'none') return { tools: [], parallelTools };
  const isNamed = choice['type'] === 'tool';
  const tools = isNamed ? offered.filter(({ name }) => name === choice['name']) : offered;
  return { tools, toolRequired: isNamed || choice['type'] === 'any', parallelTools };
}

function readSchema(config: unknown): JsonObject | undefined {
  const format = isObject(config) ? config['format'] : undefined;
  return isObject(format) && isObject(format['schema']) ? format['schema'] : undefined;
}

/** In the order in which the vendor caches: tools, system, messages. The mark at the top stands for one at the end. */
function toPrompt(body: JsonObject, turns: readonly JsonObject[]): readonly PromptPart[] {
  const system =
    typeof body['system'] === 'string' ? [{ type: 'text', text: body['system'] }] : objects(body['system']);
  const tools = objects(body['tools']).map((tool) =>
    toPart(tool, JSON.stringify({ ...tool, cache_control: undefined })),
  );
  const blocks = turns.flatMap(({ content }) =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : objects(content),
  );
  const parts = [...tools, ...[...system, ...blocks].map((block) => toPart(block, textOf(block)))];
  const last = parts.at(-1);
  const mark = toMark(body['cache_control']);
  return last && mark ? [...parts.slice(0, -1), { ...last, mark }] : parts;
}

function toPart(block: JsonObject, text: string): PromptPart {
  const mark = toMark(block['cache_control']);
  const nested = objects(block['content']).filter(({ type }) => type === 'image').length;
  return { text, images: nested + (block['type'] === 'image' ? 1 : 0), ...(mark && { mark }) };
}

function toMark(control: unknown): '5m' | '1h' | undefined {
  if (!isObject(control)) return undefined;
  return control['ttl'] === '1h' ? '1h' : '5m';
}

function textOf(block: JsonObject): string {
  switch (block['type']) {
    case 'text':
      return textOr(block['text'], '');
    case 'tool_result':
      return readContent(block['content']).text;
    case 'tool_use':
      return textOr(block['name'], '') + JSON.stringify(block['input']);
    default:
      return '';
  }
}

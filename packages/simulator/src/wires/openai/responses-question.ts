import { attachmentOf, isObject, objects, textOr } from '../../question.js';
import type { Attachment, Content, JsonObject, PromptPart, Question, Tool } from '../../question.js';

/** What a body asks of a model; `items` is the whole conversation. */
export function readQuestion(body: JsonObject, items: readonly JsonObject[], model: string): Question {
  const asked = readContent(items.findLast((item) => isMessage(item) && item['role'] === 'user')?.['content']);
  const last = items.at(-1);
  const { max_output_tokens: maxTokens, instructions } = body;
  const schema = readSchema(body['text']);
  const reasoning = isObject(body['reasoning']) ? body['reasoning'] : {};
  const system = typeof instructions === 'string' ? [{ text: instructions, images: 0 }] : [];
  const tools = objects(body['tools']).map((tool) => ({ text: JSON.stringify(tool), images: 0 }));
  return {
    model,
    text: asked.text,
    images: asked.attachments.filter(({ kind }) => kind === 'image').length,
    attachments: asked.attachments,
    ...(isOutput(last) && { toolResult: readContent(last['output']).text }),
    ...readTools(body),
    parallelTools: body['parallel_tool_calls'] !== false,
    ...(schema && { schema }),
    ...(typeof maxTokens === 'number' && { maxTokens }),
    thinking:
      reasoning['effort'] !== 'none' && (reasoning['effort'] ?? reasoning['summary'] ?? undefined) !== undefined,
    turns: countTurns(items),
    prompt: [...tools, ...system, ...items.map(toPart)],
  };
}

function isMessage({ type }: JsonObject): boolean {
  return type === undefined || type === 'message';
}

function isOutput(item: JsonObject | undefined): item is JsonObject {
  return item !== undefined && textOr(item['type'], '').endsWith('_output');
}

/** Items of the model's that follow each other are one answer. */
function countTurns(items: readonly JsonObject[]): number {
  const isModels = (item: JsonObject | undefined): boolean =>
    item !== undefined && !isOutput(item) && (isMessage(item) ? item['role'] === 'assistant' : true);
  return items.filter((item, index) => isModels(item) && !isModels(items[index - 1])).length;
}

function readContent(content: unknown): Content {
  if (typeof content === 'string') return { text: content, attachments: [] };
  const parts = objects(content);
  return {
    text: parts.map(({ text, refusal }) => textOr(text ?? refusal, '')).join(''),
    attachments: parts.flatMap(toAttachment),
  };
}

function toAttachment({ type, ...part }: JsonObject): readonly Attachment[] {
  if (type === 'input_image') return [attachmentOf('image', textOr(part['image_url'] ?? part['file_id'], ''))];
  if (type !== 'input_file') return [];
  return [attachmentOf('file', textOr(part['file_data'] ?? part['file_url'] ?? part['file_id'], ''))];
}

function readTools({ tools, tool_choice: choice }: JsonObject): Pick<Question, 'tools' | 'toolRequired'> {
  const offered = objects(tools).flatMap(toTool);
  if (choice === 'none') return { tools: [] };
  if (!isObject(choice)) return { tools: offered, toolRequired: choice === 'required' };
  const allowed = choice['type'] === 'allowed_tools' ? objects(choice['tools']) : [choice];
  const names = allowed.map(({ name }) => name);
  return {
    tools: offered.filter(({ name }) => names.includes(name)),
    toolRequired: choice['type'] !== 'allowed_tools' || choice['mode'] === 'required',
  };
}

function toTool({ type, name, parameters }: JsonObject): readonly Tool[] {
  if (type === 'custom') return [{ name: textOr(name, ''), schema: {}, custom: true }];
  return type === 'function' ? [{ name: textOr(name, ''), schema: isObject(parameters) ? parameters : {} }] : [];
}

function readSchema(text: unknown): JsonObject | undefined {
  const format = isObject(text) ? text['format'] : undefined;
  if (!isObject(format)) return undefined;
  if (format['type'] === 'json_object') return { type: 'object', properties: { answer: { type: 'string' } } };
  return isObject(format['schema']) ? format['schema'] : undefined;
}

function toPart(item: JsonObject): PromptPart {
  const { text, attachments } = readContent(item['content'] ?? item['output']);
  const own =
    isMessage(item) || isOutput(item) || item['type'] === 'reasoning'
      ? text
      : JSON.stringify([item['name'], item['arguments'] ?? item['input']]);
  return { text: own, images: attachments.filter(({ kind }) => kind === 'image').length };
}

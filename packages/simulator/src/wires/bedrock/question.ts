import { byteLengthOf, isObject, objects, textOr } from '../../question.js';
import type { Attachment, JsonObject, PromptPart, Question, Tool } from '../../question.js';

/** What a Converse body asks of a model. */
export function readQuestion(body: JsonObject, model: string): Question {
  const messages = objects(body['messages']);
  const asked = messages.filter(({ role }) => role === 'user').map(readContent);
  const question = asked.findLast(({ text, attachments }) => text !== '' || attachments.length > 0);
  const last = messages.at(-1);
  const toolResult = last?.['role'] === 'user' ? asked.at(-1)?.toolResult : undefined;
  const inference = isObject(body['inferenceConfig']) ? body['inferenceConfig'] : {};
  const { maxTokens, stopSequences } = inference;
  const attachments = question?.attachments ?? [];
  const schema = readSchema(body['outputConfig']);
  return {
    model,
    text: question?.text ?? '',
    images: attachments.filter(({ kind }) => kind === 'image').length,
    attachments,
    ...(toolResult !== undefined && { toolResult }),
    ...readTools(body['toolConfig']),
    parallelTools: true,
    ...(schema && { schema }),
    ...(typeof maxTokens === 'number' && { maxTokens }),
    stop: Array.isArray(stopSequences) ? stopSequences.filter((stop) => typeof stop === 'string') : [],
    ...(last?.['role'] === 'assistant' && { prefill: readContent(last).text }),
    thinking: isThinking(body['additionalModelRequestFields']),
    turns: messages.filter(({ role }) => role === 'assistant').length,
    prompt: toPrompt(body, messages),
  };
}

/** Claude's own field, and Nova's. */
function isThinking(extra: unknown): boolean {
  if (!isObject(extra)) return false;
  const { thinking, reasoningConfig } = extra;
  const asked = isObject(thinking) ? thinking : isObject(reasoningConfig) ? reasoningConfig : undefined;
  return asked !== undefined && asked['type'] !== 'disabled';
}

interface Content {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly toolResult?: string;
}

function readContent({ content }: JsonObject): Content {
  const blocks = objects(content);
  const result = blocks.findLast(({ toolResult }) => isObject(toolResult))?.['toolResult'];
  return {
    text: blocks.map(({ text }) => textOr(text, '')).join(''),
    attachments: blocks.flatMap(toAttachment),
    ...(isObject(result) && { toolResult: resultText(result) }),
  };
}

function resultText({ content }: JsonObject): string {
  return objects(content)
    .map(({ text, json }) => (json === undefined ? textOr(text, '') : JSON.stringify(json)))
    .join('');
}

function toAttachment({ image, document }: JsonObject): readonly Attachment[] {
  const inner = isObject(image) ? image : document;
  if (!isObject(inner)) return [];
  const kind = isObject(image) ? 'image' : 'file';
  const mediaType = `${kind === 'image' ? 'image' : 'application'}/${textOr(inner['format'], 'unknown')}`;
  const source = isObject(inner['source']) ? inner['source'] : {};
  return [{ kind, mediaType, ...(typeof source['bytes'] === 'string' && { bytes: byteLengthOf(source['bytes']) }) }];
}

function readTools(toolConfig: unknown): Pick<Question, 'tools' | 'toolRequired'> {
  if (!isObject(toolConfig)) return { tools: [] };
  const offered: readonly Tool[] = objects(toolConfig['tools']).flatMap(({ toolSpec }) => {
    if (!isObject(toolSpec)) return [];
    const input = isObject(toolSpec['inputSchema']) ? toolSpec['inputSchema']['json'] : undefined;
    return [{ name: textOr(toolSpec['name'], ''), schema: isObject(input) ? input : {} }];
  });
  const choice = isObject(toolConfig['toolChoice']) ? toolConfig['toolChoice'] : {};
  const named = isObject(choice['tool']) ? choice['tool']['name'] : undefined;
  return {
    tools: named === undefined ? offered : offered.filter(({ name }) => name === named),
    toolRequired: named !== undefined || choice['any'] !== undefined,
  };
}

/** The schema comes as text. */
function readSchema(outputConfig: unknown): JsonObject | undefined {
  const format = isObject(outputConfig) ? outputConfig['textFormat'] : undefined;
  const structure = isObject(format) ? format['structure'] : undefined;
  const asked = isObject(structure) ? structure['jsonSchema'] : undefined;
  if (!isObject(asked) || typeof asked['schema'] !== 'string') return undefined;
  const schema: unknown = JSON.parse(asked['schema']);
  return isObject(schema) ? schema : undefined;
}

/** A cache point marks the block before it. */
function toPrompt(body: JsonObject, messages: readonly JsonObject[]): readonly PromptPart[] {
  const tools = isObject(body['toolConfig']) ? objects(body['toolConfig']['tools']) : [];
  const blocks = [...tools, ...objects(body['system']), ...messages.flatMap(({ content }) => objects(content))];
  return blocks.reduce<readonly PromptPart[]>((parts, block) => {
    const point = block['cachePoint'];
    const last = parts.at(-1);
    if (!isObject(point)) return [...parts, toPart(block)];
    return last ? [...parts.slice(0, -1), { ...last, mark: point['ttl'] === '1h' ? '1h' : '5m' }] : parts;
  }, []);
}

function toPart(block: JsonObject): PromptPart {
  const { text, image, document, reasoningContent, toolResult } = block;
  if (typeof text === 'string') return { text, images: 0 };
  if (isObject(toolResult)) return { text: resultText(toolResult), images: 0 };
  const opaque = image ?? document ?? reasoningContent;
  return { text: opaque === undefined ? JSON.stringify(block) : '', images: image === undefined ? 0 : 1 };
}

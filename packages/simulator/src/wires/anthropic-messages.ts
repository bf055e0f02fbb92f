import { anthropicFault } from './anthropic-fault.js';
import { countInput } from '../tokens.js';
import { STOP_REASON, envelope, signature, stopDetails, toolUseId, writeUsage } from './anthropic-shapes.js';
import { openAnthropicStream } from './anthropic-stream.js';
import { isObject, objects, textOr, type JsonObject, type Question, type Tool } from '../question.js';
import { refuse, type ContentStep } from '../steps.js';
import type { Answer, Identity, Wire } from './wire.js';

/** `POST /v1/messages`. The sampling parameters are ignored. */
export const anthropicMessages: Wire = {
  requestIdHeader: 'request-id',
  fault: anthropicFault,
  read: (body) => ({
    question: readQuestion(body),
    plain: writePlain,
    ...(body['stream'] === true && { stream: openAnthropicStream }),
  }),
};

function readQuestion(body: JsonObject): Question {
  const { model, max_tokens: maxTokens, messages } = body;
  if (typeof model !== 'string') refuse('model: Field required');
  if (typeof maxTokens !== 'number') refuse('max_tokens: Field required');
  if (!Array.isArray(messages) || messages.length === 0) refuse('messages: at least one message is required');
  const turns = objects(messages);
  const all = [...turns.map(({ content }) => readContent(content)), readContent(body['system'])];
  const asked = turns.filter(({ role }) => role === 'user').map(({ content }) => readContent(content));
  const last = asked.at(-1);
  // A turn of tool results alone asks nothing: the question is the turn before it.
  const question = asked.findLast(({ text, images }) => text !== '' || images > 0);
  const schema = readSchema(body['output_config']);
  return {
    model,
    text: question?.text ?? '',
    images: question?.images ?? 0,
    ...(last?.toolResult !== undefined && { toolResult: last.toolResult }),
    tools: readTools(body),
    parallelTools: !(isObject(body['tool_choice']) && body['tool_choice']['disable_parallel_tool_use'] === true),
    ...(schema && { schema }),
    maxTokens,
    inputTokens: countInput(
      all.map(({ text, toolResult = '' }) => text + toolResult),
      all.reduce((sum, { images }) => sum + images, 0),
    ),
  };
}

interface Content {
  readonly text: string;
  readonly images: number;
  readonly toolResult?: string;
}
function readContent(content: unknown): Content {
  if (typeof content === 'string') return { text: content, images: 0 };
  const blocks = objects(content);
  const texts = blocks.filter(({ type }) => type === 'text').map(({ text }) => textOr(text, ''));
  const result = blocks.findLast(({ type }) => type === 'tool_result');
  return {
    text: texts.join(''),
    images: blocks.filter(({ type }) => type === 'image').length,
    ...(result && { toolResult: readContent(result['content']).text }),
  };
}

function readTools(body: JsonObject): readonly Tool[] {
  const offered = objects(body['tools']).map(({ name, input_schema: schema }) => ({
    name: textOr(name, ''),
    schema: isObject(schema) ? schema : {},
  }));
  const choice = isObject(body['tool_choice']) ? body['tool_choice'] : {};
  if (choice['type'] === 'none') return [];
  return choice['type'] === 'tool' ? offered.filter(({ name }) => name === choice['name']) : offered;
}

function readSchema(config: unknown): JsonObject | undefined {
  const format = isObject(config) ? config['format'] : undefined;
  return isObject(format) && isObject(format['schema']) ? format['schema'] : undefined;
}

function writePlain({ content, finish, usage }: Answer, identity: Identity): JsonObject {
  return {
    ...envelope(identity),
    content: toBlocks(content, identity),
    stop_reason: finish ? STOP_REASON[finish] : null,
    stop_sequence: null,
    ...stopDetails(content),
    ...(usage && { usage: writeUsage(usage) }),
  };
}

/** Tokens of one kind that follow each other are one block. A refusal has no block: `stop_reason` tells of it. */
function toBlocks(content: readonly ContentStep[], identity: Identity): readonly JsonObject[] {
  const blocks: JsonObject[] = [];
  let [open, text] = ['', ''];
  const close = (): void => {
    if (open === 'text') blocks.push({ type: 'text', text });
    if (open === 'reasoning') blocks.push({ type: 'thinking', thinking: text, signature: signature(identity) });
    [open, text] = ['', ''];
  };
  for (const step of content) {
    if (step.type !== open) close();
    if (step.type === 'tool-call') {
      const input: unknown = JSON.parse(step.json);
      blocks.push({ type: 'tool_use', id: toolUseId(identity, blocks.length), name: step.name, input });
    } else if (step.type !== 'refusal') {
      open = step.type;
      text += step.text;
    }
  }
  close();
  return blocks;
}

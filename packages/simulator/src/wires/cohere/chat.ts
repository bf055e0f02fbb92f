import { CHAT_BODY } from './chat-shape.js';
import { COHERE, refuseFlaw } from './vendor.js';
import { attachmentOf, isObject, objects, textOr } from '../../question.js';
import { chooseModel } from '../../models.js';
import { findFlaw } from '../../shape/shape.js';
import { openCohereStream, writeCohere } from './chat-write.js';
import { refuse } from '../../steps.js';
import type { Asked, Call, Wire } from '../wire.js';
import type { Attachment, JsonObject, Question, Tool } from '../../question.js';

/** `POST /v2/chat` */
export const cohereChat: Wire = { vendor: COHERE, read: readChat };

function readChat({ body, world }: Asked): Call {
  const flaw = world.strict ? findFlaw(CHAT_BODY, body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const { model: name } = body;
  if (typeof name !== 'string') refuse("invalid request: 'model' is required.");
  const model = chooseModel('cohere', name, world);
  const messages = objects(body['messages']);
  if (messages.length === 0) refuse("invalid request: 'messages' is required.");
  if (world.strict) checkChat(body, messages);
  return {
    question: readQuestion(body, messages, name),
    model,
    plain: writeCohere,
    ...(body['stream'] === true && { stream: openCohereStream }),
  };
}

/** What the vendor refuses in a body whose fields are each well formed: docs.cohere.com/docs/tool-use-overview */
function checkChat({ tools, tool_choice: choice }: JsonObject, messages: readonly JsonObject[]): void {
  if (choice !== undefined && choice !== null && objects(tools).length === 0) {
    refuse("invalid request: 'tool_choice' can only be used when 'tools' are specified.");
  }
  let called: readonly string[] = [];
  messages.forEach((message, index) => {
    if (message['role'] === 'assistant') called = objects(message['tool_calls']).map(({ id }) => textOr(id, ''));
    if (message['role'] !== 'tool') return;
    const id = textOr(message['tool_call_id'], '');
    if (!called.includes(id)) {
      refuse(`invalid request: cannot find tool call id ${id} of messages[${index}] in the previous tool calls.`);
    }
  });
  const last = messages.at(-1)?.['role'];
  if (last !== 'user' && last !== 'tool') {
    refuse('invalid request: the last message must have the role user or tool.');
  }
}

function readQuestion(body: JsonObject, messages: readonly JsonObject[], model: string): Question {
  const asked = readContent(messages.findLast(({ role }) => role === 'user')?.['content']);
  const last = messages.at(-1);
  const { max_tokens: maxTokens, tool_choice: choice, stop_sequences: stop, thinking, response_format: format } = body;
  const offered: readonly Tool[] = objects(body['tools']).flatMap(({ function: named }) =>
    isObject(named)
      ? [{ name: textOr(named['name'], ''), schema: isObject(named['parameters']) ? named['parameters'] : {} }]
      : [],
  );
  const schema = readSchema(format);
  return {
    model,
    text: asked.text,
    images: asked.attachments.length,
    attachments: asked.attachments,
    ...(last?.['role'] === 'tool' && { toolResult: readContent(last['content']).text }),
    tools: choice === 'NONE' ? [] : offered,
    toolRequired: choice === 'REQUIRED',
    parallelTools: true,
    ...(schema && { schema }),
    ...(typeof maxTokens === 'number' && { maxTokens }),
    stop: Array.isArray(stop) ? stop.filter((text) => typeof text === 'string') : [],
    thinking: isObject(thinking) && thinking['type'] === 'enabled',
    turns: messages.filter(({ role }) => role === 'assistant').length,
    prompt: messages.map(({ content }) => ({ text: readContent(content).text, images: 0 })),
  };
}

/** Text, or parts: of a text, an image, or a document whose fields are text. */
function readContent(content: unknown): { readonly text: string; readonly attachments: readonly Attachment[] } {
  if (typeof content === 'string') return { text: content, attachments: [] };
  const parts = objects(content);
  return {
    text: parts.map(textOf).join(''),
    attachments: parts.flatMap(({ image_url: image }) =>
      isObject(image) ? [attachmentOf('image', textOr(image['url'], ''))] : [],
    ),
  };
}

function textOf({ text, document }: JsonObject): string {
  if (!isObject(document)) return textOr(text, '');
  return typeof document['data'] === 'string' ? document['data'] : JSON.stringify(document['data'] ?? {});
}

function readSchema(format: unknown): JsonObject | undefined {
  if (!isObject(format) || format['type'] !== 'json_object') return undefined;
  return isObject(format['json_schema'])
    ? format['json_schema']
    : { type: 'object', properties: { answer: { type: 'string' } } };
}

import { CHAT_BODY } from './chat-shape.js';
import { OPENAI, refuseFlaw } from './vendor.js';
import { attachmentOf, isObject, objects, textOr } from '../../question.js';
import { checkChat } from './chat-rules.js';
import { chooseModel } from '../../models.js';
import { findFlaw } from '../../shape/shape.js';
import { namedBody } from './named-body.js';
import { openChatStream, writeChat, type ChatForm } from './chat-write.js';
import { refuse } from '../../steps.js';
import { writeUsage } from './usage.js';
import type { Asked, Call, Wire } from '../wire.js';
import type { Attachment, Content, JsonObject, PromptPart, Question, Tool } from '../../question.js';

/** `POST /v1/chat/completions`. */
export const openAiChat: Wire = { vendor: OPENAI, read: readChat };

function readChat(request: Asked): Call {
  const { world } = request;
  const asked = namedBody(request);
  const flaw = world.strict ? findFlaw(CHAT_BODY, asked) : undefined;
  if (flaw) refuseFlaw(flaw);
  const name = asked['model'];
  if (typeof name !== 'string') refuse('you must provide a model parameter', 'model');
  const model = chooseModel('openai', name, world);
  const question = readQuestion(asked, name);
  if (world.strict) checkChat(asked, model.persona);
  const options = asked['stream_options'];
  const { persona } = model;
  const form: ChatForm = {
    choices: typeof asked['n'] === 'number' ? asked['n'] : 1,
    usageAsked: isObject(options) && options['include_usage'] === true,
    showsReasoning: persona.showsReasoning,
    logprobs: asked['logprobs'] === true,
    writeUsage: (count) => writeUsage(count, persona),
  };
  return {
    // The vendor's own models answer an assistant's message; they do not finish it.
    question: persona.prefill ? question : { ...question, prefill: '' },
    model,
    plain: (answer, identity) => writeChat(answer, identity, form),
    ...(asked['stream'] === true && { stream: (identity) => openChatStream(identity, form) }),
  };
}

function readQuestion(body: JsonObject, model: string): Question {
  if (!Array.isArray(body['messages']) || body['messages'].length === 0) {
    refuse("Missing required parameter: 'messages'.", 'messages');
  }
  const messages = objects(body['messages']);
  const asked = readContent(messages.findLast(({ role }) => role === 'user')?.['content']);
  const last = messages.at(-1);
  const maxTokens = body['max_completion_tokens'] ?? body['max_tokens'];
  const schema = readSchema(body['response_format']);
  const effort = body['reasoning_effort'];
  return {
    model,
    text: asked.text,
    images: asked.attachments.filter(({ kind }) => kind === 'image').length,
    attachments: asked.attachments,
    ...(last?.['role'] === 'tool' && { toolResult: readContent(last['content']).text }),
    tools: readTools(body),
    toolRequired: isToolRequired(body['tool_choice']),
    parallelTools: body['parallel_tool_calls'] !== false,
    ...(schema && { schema }),
    ...(typeof maxTokens === 'number' && { maxTokens }),
    stop: readStop(body['stop']),
    ...(last?.['role'] === 'assistant' && { prefill: readContent(last['content']).text }),
    thinking: typeof effort === 'string' && effort !== 'none',
    turns: messages.filter(({ role }) => role === 'assistant').length,
    prompt: [
      ...objects(body['tools']).map((tool) => ({ text: JSON.stringify(tool), images: 0 })),
      ...messages.map(toPart),
    ],
  };
}

function toPart(message: JsonObject): PromptPart {
  const { text, attachments } = readContent(message['content']);
  const images = attachments.filter(({ kind }) => kind === 'image').length;
  const calls = objects(message['tool_calls']).map((call) => JSON.stringify(call['function'] ?? call['custom']));
  return { text: text + calls.join(''), images };
}

function readContent(content: unknown): Content {
  if (typeof content === 'string') return { text: content, attachments: [] };
  const parts = objects(content);
  const texts = parts.filter(({ type }) => type === 'text').map(({ text }) => textOr(text, ''));
  return { text: texts.join(''), attachments: parts.flatMap(toAttachment) };
}

function toAttachment(part: JsonObject): readonly Attachment[] {
  const { image_url: image, input_audio: audio, file } = part;
  if (isObject(image)) return [attachmentOf('image', textOr(image['url'], ''))];
  if (isObject(file)) return [attachmentOf('file', textOr(file['file_data'] ?? file['file_id'], ''))];
  if (!isObject(audio)) return [];
  return [attachmentOf('audio', `data:audio/${textOr(audio['format'], '')};base64,${textOr(audio['data'], '')}`)];
}

function readStop(stop: unknown): readonly string[] {
  if (typeof stop === 'string') return [stop];
  return Array.isArray(stop) ? stop.filter((text): text is string => typeof text === 'string' && text !== '') : [];
}

function isToolRequired(choice: unknown): boolean {
  if (isObject(choice) && isObject(choice['allowed_tools'])) return choice['allowed_tools']['mode'] === 'required';
  return choice === 'required' || isObject(choice);
}

function readTools(body: JsonObject): readonly Tool[] {
  const offered = objects(body['tools']).flatMap(toTool);
  const choice = body['tool_choice'];
  if (choice === 'none') return [];
  if (!isObject(choice)) return offered;
  const allowed = isObject(choice['allowed_tools']) ? objects(choice['allowed_tools']['tools']) : [choice];
  const names = allowed.flatMap(toTool).map(({ name }) => name);
  return offered.filter(({ name }) => names.includes(name));
}

function toTool({ function: named, custom }: JsonObject): readonly Tool[] {
  if (isObject(custom)) return [{ name: textOr(custom['name'], ''), schema: {}, custom: true }];
  if (!isObject(named)) return [];
  return [{ name: textOr(named['name'], ''), schema: isObject(named['parameters']) ? named['parameters'] : {} }];
}

function readSchema(format: unknown): JsonObject | undefined {
  if (!isObject(format)) return undefined;
  if (format['type'] === 'json_object') return { type: 'object', properties: { answer: { type: 'string' } } };
  if (!isObject(format['json_schema'])) return undefined;
  return isObject(format['json_schema']['schema']) ? format['json_schema']['schema'] : {};
}

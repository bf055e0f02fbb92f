import { attachmentOf, isObject, objects, textOr } from '../../question.js';
import { toJsonSchema } from './names.js';
import type { Attachment, Content, JsonObject, PromptPart, Question, Tool } from '../../question.js';

/** What a body, its names normalised, asks of a model. */
export function readQuestion(body: JsonObject, model: string): Question {
  const contents = objects(body['contents']);
  const config = isObject(body['generationConfig']) ? body['generationConfig'] : {};
  const asked = contents.filter(({ role }) => role !== 'model').map(readContent);
  const question = asked.findLast(({ text, attachments }) => text !== '' || attachments.length > 0);
  const last = contents.at(-1);
  const attachments = question?.attachments ?? [];
  const maxTokens = config['maxOutputTokens'];
  const schema = readSchema(config);
  return {
    model,
    text: question?.text ?? '',
    images: attachments.filter(({ kind }) => kind === 'image').length,
    attachments,
    ...(last && last['role'] !== 'model' && toToolResult(last)),
    ...readTools(body),
    parallelTools: true,
    ...(schema && { schema }),
    ...(typeof maxTokens === 'number' && { maxTokens }),
    stop: Array.isArray(config['stopSequences'])
      ? config['stopSequences'].filter((stop) => typeof stop === 'string')
      : [],
    ...(last?.['role'] === 'model' && { prefill: readContent(last).text }),
    thinking: isThinking(config),
    turns: contents.filter(({ role }) => role === 'model').length,
    prompt: toPrompt(body, contents),
  };
}

/** Thoughts are asked for, by a level, a budget or a wish to see them. */
function isThinking({ thinkingConfig: thinking }: JsonObject): boolean {
  if (!isObject(thinking) || thinking['thinkingBudget'] === 0) return false;
  return (
    thinking['includeThoughts'] === true ||
    thinking['thinkingBudget'] !== undefined ||
    thinking['thinkingLevel'] !== undefined
  );
}

export function readContent({ parts }: JsonObject): Content {
  const shown = objects(parts).filter(({ thought }) => thought !== true);
  return {
    text: shown.map(({ text }) => textOr(text, '')).join(''),
    attachments: shown.flatMap(toAttachment),
  };
}

function toAttachment({ inlineData, fileData }: JsonObject): readonly Attachment[] {
  if (isObject(inlineData)) {
    const mediaType = textOr(inlineData['mimeType'], '');
    return [attachmentOf(kindOf(mediaType), `data:${mediaType};base64,${textOr(inlineData['data'], '')}`)];
  }
  if (!isObject(fileData)) return [];
  const mediaType = textOr(fileData['mimeType'], '');
  return [{ kind: kindOf(mediaType), mediaType, url: textOr(fileData['fileUri'], '') }];
}

function kindOf(mediaType: string): Attachment['kind'] {
  if (mediaType.startsWith('image/')) return 'image';
  return mediaType.startsWith('audio/') ? 'audio' : 'file';
}

/** The last result: its `output` or `result` where that is a text, else all of it as JSON. */
function toToolResult({ parts }: JsonObject): { readonly toolResult?: string } {
  const last = objects(parts).findLast((part) => isObject(part['functionResponse']))?.['functionResponse'];
  if (!isObject(last) || !isObject(last['response'])) return {};
  const { output, result } = last['response'];
  const said = output ?? result;
  return { toolResult: typeof said === 'string' ? said : JSON.stringify(last['response']) };
}

function readTools(body: JsonObject): Pick<Question, 'tools' | 'toolRequired'> {
  const declared: readonly Tool[] = objects(body['tools'])
    .flatMap((tool) => objects(tool['functionDeclarations']))
    .map(({ name, parameters, parametersJsonSchema: json }) => ({
      name: textOr(name, ''),
      schema: isObject(json) ? json : toJsonSchema(parameters),
    }));
  const toolConfig = isObject(body['toolConfig']) ? body['toolConfig']['functionCallingConfig'] : undefined;
  const { mode, allowedFunctionNames: allowed } = isObject(toolConfig) ? toolConfig : ({} as JsonObject);
  if (mode === 'NONE') return { tools: [] };
  const names = Array.isArray(allowed) && allowed.length > 0 ? (allowed as readonly unknown[]) : undefined;
  const tools = names ? declared.filter(({ name }) => names.includes(name)) : declared;
  return { tools, toolRequired: mode === 'ANY' };
}

function readSchema({
  responseMimeType: mime,
  responseSchema,
  responseJsonSchema,
}: JsonObject): JsonObject | undefined {
  if (isObject(responseJsonSchema)) return responseJsonSchema;
  if (responseSchema !== undefined) return toJsonSchema(responseSchema);
  return mime === 'application/json' ? { type: 'object', properties: { answer: { type: 'string' } } } : undefined;
}

export function toPrompt(body: JsonObject, contents: readonly JsonObject[]): readonly PromptPart[] {
  const system = isObject(body['systemInstruction']) ? [body['systemInstruction']] : [];
  const tools = objects(body['tools']).map((tool) => ({ text: JSON.stringify(tool), images: 0 }));
  return [...tools, ...[...system, ...contents].map(toPart)];
}

function toPart(content: JsonObject): PromptPart {
  const { text, attachments } = readContent(content);
  const calls = objects(content['parts']).map(({ functionCall, functionResponse }) => {
    const carried = functionCall ?? functionResponse;
    return carried === undefined ? '' : JSON.stringify(carried);
  });
  return { text: text + calls.join(''), images: attachments.filter(({ kind }) => kind === 'image').length };
}

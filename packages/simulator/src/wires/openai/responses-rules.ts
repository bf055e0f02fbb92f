import { checkSampling, checkStrictSchema, refuseParameter } from './model-rules.js';
import { RequestFault, refuse } from '../../steps.js';
import { isObject, objects, textOr, type JsonObject } from '../../question.js';
import { unseal } from '../../signer.js';
import type { Persona } from '../../personas.js';

/**
 * What OpenAI refuses in a response's body whose fields are each well formed; `items` is the conversation with what was
 * kept of it. Sources: developers.openai.com/api/docs/guides/function-calling, .../reasoning, .../conversation-state; the
 * answers as users quote them in github.com/openai/openai-agents-python/issues and github.com/openai/codex/issues.
 */
export function checkResponse(body: JsonObject, items: readonly JsonObject[], persona: Persona): void {
  if (items.length === 0 && body['prompt'] === undefined) {
    refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  }
  checkTools(body);
  checkCalls(items);
  checkReasoning(items);
  checkModel(body, persona);
  if (body['background'] === true && body['store'] === false) {
    refuse("Background mode requires 'store' to be true.", 'background');
  }
  if (isObject(body['stream_options']) && body['stream'] !== true) {
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  }
  const format = isObject(body['text']) ? body['text']['format'] : undefined;
  if (isObject(format) && isObject(format['schema'])) {
    const subject = `response_format '${textOr(format['name'], '')}'`;
    checkStrictSchema(format['schema'], {
      strict: format['strict'],
      subject,
      param: 'text.format.schema',
      code: 'invalid_json_schema',
    });
  }
}

function checkTools({ tools, tool_choice: choice }: JsonObject): void {
  const offered = objects(tools);
  offered.forEach(({ type, name, parameters, strict }, index) => {
    const param = `tools[${index}]`;
    if (type === 'function' && !/^[a-zA-Z0-9_-]+$/.test(textOr(name, ''))) {
      refuse(
        `Invalid '${param}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `${param}.name`,
        'invalid_value',
      );
    }
    if (type !== 'function' || !isObject(parameters)) return;
    const subject = `function '${textOr(name, '')}'`;
    checkStrictSchema(parameters, {
      strict,
      subject,
      param: `${param}.parameters`,
      code: 'invalid_function_parameters',
    });
  });
  if (choice === 'required' && offered.length === 0) {
    refuse("Tool choice 'required' must be specified with 'tools' parameter.", 'tool_choice');
  }
  const named =
    isObject(choice) && (choice['type'] === 'function' || choice['type'] === 'custom') ? choice['name'] : undefined;
  if (named !== undefined && !offered.some(({ name }) => name === named)) {
    refuse(`Tool choice '${textOr(named, '')}' not found in 'tools' parameter.`, 'tool_choice');
  }
}

const KINDS = [
  ['function_call', 'function_call_output', 'function call'],
  ['custom_tool_call', 'custom_tool_call_output', 'custom tool call'],
] as const;

function checkCalls(items: readonly JsonObject[]): void {
  for (const [callType, outputType, words] of KINDS) {
    const ids = (type: string): readonly string[] =>
      items.filter((item) => item['type'] === type).map((item) => textOr(item['call_id'], ''));
    const [called, answered] = [ids(callType), ids(outputType)];
    const stray = answered.find((id) => !called.includes(id));
    if (stray !== undefined) refuse(`No tool call found for ${words} output with call_id ${stray}.`, 'input');
    const open = called.find((id) => !answered.includes(id));
    if (open !== undefined) refuse(`No tool output found for ${words} ${open}.`, 'input');
  }
}

function checkReasoning(items: readonly JsonObject[]): void {
  items.forEach((item, index) => {
    if (item['type'] !== 'reasoning') return;
    const id = textOr(item['id'], '');
    const sealed = item['encrypted_content'];
    if (typeof sealed === 'string' && unseal('openai', sealed) === undefined) {
      refuse(
        `The encrypted content for item ${id} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
        'input',
        'invalid_encrypted_content',
      );
    }
    const next = items[index + 1];
    const follows = next !== undefined && next['role'] !== 'user' && !textOr(next['type'], '').endsWith('_output');
    if (!follows) refuse(`Item '${id}' of type 'reasoning' was provided without its required following item.`, 'input');
  });
}

function checkModel(body: JsonObject, { sampling, thinking }: Persona): void {
  const reasoning = isObject(body['reasoning']) ? body['reasoning'] : {};
  if (typeof reasoning['effort'] === 'string' && thinking.length === 0) refuseParameter('reasoning.effort');
  if (sampling || reasoning['effort'] === 'none') return;
  for (const name of ['temperature', 'top_p']) {
    if (body[name] !== undefined && body[name] !== null && body[name] !== 1) refuseParameter(name);
  }
  checkSampling(body);
}

/** Throws the vendor's 404 for an item or a response that it has not kept. */
export function refuseMissing(what: string, id: string, hint = ''): never {
  throw new RequestFault({
    kind: 'invalid',
    status: 404,
    message: `${what} with id '${id}' not found.${hint}`,
    ...(what === 'Item' && { param: 'input' }),
  });
}

import { checkReasoningModel, checkStrictSchema } from './model-rules.js';
import { isObject, objects, textOr, type JsonObject } from '../../question.js';
import { refuse } from '../../steps.js';
import type { Persona } from '../../personas.js';

/**
 * What OpenAI refuses in a chat body whose fields are each well formed. Sources: the vendor's answers as its users quote
 * them, github.com/openai/openai-python/issues and community.openai.com; developers.openai.com/api/docs/guides/function-calling and
 * structured-outputs.
 */
export function checkChat(body: JsonObject, persona: Persona): void {
  checkTools(body);
  checkConversation(objects(body['messages']));
  checkFormat(body);
  if (!persona.showsReasoning) checkNoReasoning(objects(body['messages']));
  checkReasoningModel(body, persona);
  if (body['stream_options'] && body['stream'] !== true) {
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  }
  if (typeof body['max_tokens'] === 'number' && typeof body['max_completion_tokens'] === 'number') {
    refuse(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    );
  }
  if (typeof body['top_logprobs'] === 'number' && body['logprobs'] !== true) {
    refuse("Invalid value for 'top_logprobs': 'logprobs' must be true when 'top_logprobs' is set.", 'top_logprobs');
  }
}

const NAME = /^[a-zA-Z0-9_-]+$/;

function checkTools(body: JsonObject): void {
  const tools = objects(body['tools']);
  const choice = body['tool_choice'];
  for (const param of ['tool_choice', 'parallel_tool_calls']) {
    if (body[param] !== undefined && tools.length === 0) {
      refuse(`Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`, param);
    }
  }
  const names = tools.map((tool, index) => checkTool(tool, index));
  const named = isObject(choice) ? (choice['function'] ?? choice['custom']) : undefined;
  if (isObject(named) && !names.includes(textOr(named['name'], ''))) {
    refuse(`Tool choice '${textOr(named['name'], '')}' not found in 'tools' parameter.`, 'tool_choice');
  }
}

/** The tool's name. */
function checkTool(tool: JsonObject, index: number): string {
  const custom = tool['custom'];
  if (isObject(custom)) return textOr(custom['name'], '');
  const definition = isObject(tool['function']) ? tool['function'] : {};
  const name = textOr(definition['name'], '');
  const at = `tools[${index}].function`;
  if (!NAME.test(name)) {
    refuse(
      `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${at}.name`,
      'invalid_value',
    );
  }
  const { parameters, strict } = definition;
  if (isObject(parameters))
    checkStrictSchema(parameters, {
      strict,
      subject: `function '${name}'`,
      param: `${at}.parameters`,
      code: 'invalid_function_parameters',
    });
  return name;
}

function checkConversation(messages: readonly JsonObject[]): void {
  let open: readonly string[] = [];
  messages.forEach((message, index) => {
    if (message['role'] === 'tool') {
      const id = textOr(message['tool_call_id'], '');
      if (!open.includes(id)) {
        refuse(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        );
      }
      open = open.filter((waiting) => waiting !== id);
      return;
    }
    checkAnswered(open, index);
    if (message['role'] === 'assistant') open = checkAssistant(message, index);
  });
  checkAnswered(open, messages.length);
}

function checkAnswered(open: readonly string[], index: number): void {
  if (open.length === 0) return;
  refuse(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`,
    `messages.[${index}].role`,
  );
}

/** The ids of its calls. */
function checkAssistant({ content, tool_calls: calls, ...rest }: JsonObject, index: number): readonly string[] {
  const ids = objects(calls).map(({ id }) => textOr(id, ''));
  const says = content ?? rest['refusal'] ?? rest['audio'] ?? rest['function_call'];
  if (Array.isArray(calls) && calls.length === 0) {
    refuse(
      `Invalid 'messages[${index}].tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      `messages[${index}].tool_calls`,
      'empty_array',
    );
  }
  if ((says === undefined || says === null) && ids.length === 0) {
    refuse("Invalid value for 'content': expected a string, got null.", `messages.[${index}].content`);
  }
  return ids;
}

/** A field of the servers that show their reasoning; the vendor itself has none of that name. */
function checkNoReasoning(messages: readonly JsonObject[]): void {
  const index = messages.findIndex((message) => 'reasoning_content' in message);
  if (index < 0) return;
  const param = `messages[${index}].reasoning_content`;
  refuse(`Unknown parameter: '${param}'.`, param, 'unknown_parameter');
}

function checkFormat({ response_format: format, messages }: JsonObject): void {
  if (!isObject(format)) return;
  if (format['type'] === 'json_object' && !/json/i.test(JSON.stringify(messages))) {
    refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
    );
  }
  const asked = format['json_schema'];
  if (!isObject(asked)) return;
  if (!isObject(asked['schema'])) {
    refuse(
      "Missing required parameter: 'response_format.json_schema.schema'.",
      'response_format.json_schema.schema',
      'missing_required_parameter',
    );
  }
  checkStrictSchema(asked['schema'], {
    strict: asked['strict'],
    subject: `response_format '${textOr(asked['name'], '')}'`,
    param: 'response_format',
  });
}

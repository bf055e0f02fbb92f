import { PLAIN, type Persona } from '../../personas.js';
import { isObject, objects, textOr, type JsonObject } from '../../question.js';
import { isSigned } from '../../signer.js';
import { refuseArgument } from './vendor.js';

/**
 * What Google refuses in a body whose fields are each well formed. Sources: ai.google.dev/gemini-api/docs/function-calling,
 * .../thought-signatures, .../thinking, .../structured-output; the answers as users quote them in
 * github.com/google-gemini/gemini-cli/issues and github.com/googleapis/js-genai/issues.
 */
export function checkGenerate(body: JsonObject, persona: Persona): void {
  const contents = objects(body['contents']);
  contents.forEach(checkContent);
  checkTurns(contents);
  checkSignatures(contents, persona);
  checkTools(body, persona);
  checkConfig(isObject(body['generationConfig']) ? body['generationConfig'] : {}, persona);
}

const DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
];

function checkContent({ role, parts }: JsonObject, index: number): void {
  const at = `GenerateContentRequest.contents[${index}]`;
  if (role !== undefined && role !== 'user' && role !== 'model' && role !== 'function') {
    refuseArgument('Please use a valid role: user, model.');
  }
  const all = objects(parts);
  if (all.length === 0) refuseArgument(`* ${at}.parts: contents.parts must not be empty.`);
  all.forEach((part, place) => {
    const given = DATA.filter((name) => part[name] !== undefined);
    if (given.length === 0) {
      refuseArgument(`* ${at}.parts[${place}].data: required oneof field 'data' must have one initialized field`);
    }
    if (given.length > 1) {
      refuseArgument(
        `Invalid value at 'contents[${index}].parts[${place}]' (oneof), oneof field 'data' is already set. Cannot set '${given[1]}'`,
      );
    }
    if (isObject(part['inlineData']))
      checkBase64(part['inlineData']['data'], `contents[${index}].parts[${place}].inline_data.data`);
  });
}

function checkBase64(data: unknown, field: string): void {
  if (typeof data === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(data)) return;
  refuseArgument(`Invalid value at '${field}' (TYPE_BYTES), Base64 decoding failed for ${JSON.stringify(data)}`, field);
}

const count = (content: JsonObject | undefined, name: string): number =>
  objects(content?.['parts']).filter((part) => part[name] !== undefined).length;

function checkTurns(contents: readonly JsonObject[]): void {
  contents.forEach((content, index) => {
    const before = contents[index - 1];
    if (
      count(content, 'functionCall') > 0 &&
      content['role'] === 'model' &&
      (before === undefined || before['role'] === 'model')
    ) {
      refuseArgument(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      );
    }
    const responses = count(content, 'functionResponse');
    if (responses > 0 && count(before, 'functionCall') === 0) {
      refuseArgument('Please ensure that function response turn comes immediately after a function call turn.');
    }
    if (count(before, 'functionCall') > 0 && responses !== count(before, 'functionCall')) {
      refuseArgument(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      );
    }
  });
}

/** The words that the vendor takes in place of a signature for calls that it did not make. */
const DUMMIES = ['context_engineering_is_the_way_to_go', 'skip_thought_signature_validator'];

function checkSignatures(contents: readonly JsonObject[], { signsCalls }: Persona): void {
  // Only the turn under way is looked at: it began with the last text of the user.
  const turn = contents.findLastIndex(
    (content) => content['role'] !== 'model' && count(content, 'functionResponse') === 0,
  );
  contents.forEach((content, index) => {
    const calls = objects(content['parts']).filter((part) => isObject(part['functionCall']));
    calls.forEach((part) => checkSignature(part));
    const [first] = calls;
    if (signsCalls && index > turn && first && first['thoughtSignature'] === undefined) {
      const name = isObject(first['functionCall']) ? textOr(first['functionCall']['name'], '') : '';
      refuseArgument(
        `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
      );
    }
  });
}

function checkSignature({ thoughtSignature: signature, functionCall: call }: JsonObject): void {
  if (typeof signature !== 'string' || DUMMIES.includes(signature) || !isObject(call)) return;
  if (!isSigned('gemini', textOr(call['name'], ''), signature)) refuseArgument('Thought signature is not valid');
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;

function checkTools(body: JsonObject, persona: Persona): void {
  const declared = objects(body['tools']).flatMap((tool) => objects(tool['functionDeclarations']));
  const names = declared.map(({ name }) => textOr(name, ''));
  declared.forEach(({ parameters, parametersJsonSchema: json }, index) => {
    const at = `* GenerateContentRequest.tools[0].function_declarations[${index}]`;
    if (!NAME.test(names[index] ?? ''))
      refuseArgument(`${at}.name: Invalid function name. Must start with a letter or an underscore.`);
    if (names.indexOf(names[index] ?? '') < index)
      refuseArgument(`Duplicate function declaration found: ${names[index]}`);
    if (parameters !== undefined && json !== undefined) {
      refuseArgument(`${at}.parameters: parameters and parameters_json_schema must not both be set.`);
    }
  });
  const toolConfig = isObject(body['toolConfig']) ? body['toolConfig']['functionCallingConfig'] : undefined;
  const { mode, allowedFunctionNames: allowed } = isObject(toolConfig) ? toolConfig : ({} as JsonObject);
  if (mode !== undefined && mode !== 'NONE' && names.length === 0) {
    refuseArgument('Function calling config is set without function_declarations.');
  }
  checkAllowed(mode, allowed, names);
  const config = isObject(body['generationConfig']) ? body['generationConfig'] : {};
  if (
    config['responseMimeType'] === 'application/json' &&
    names.length > 0 &&
    persona !== PLAIN &&
    !persona.signsCalls
  ) {
    refuseArgument("Function calling with a response mime type: 'application/json' is unsupported");
  }
}

function checkAllowed(mode: unknown, allowed: unknown, names: readonly string[]): void {
  if (!Array.isArray(allowed) || allowed.length === 0) return;
  if (mode !== 'ANY' && mode !== 'VALIDATED') {
    refuseArgument('Allowed function names should be set only when function calling mode is ANY or VALIDATED.');
  }
  const stranger: unknown = allowed.find((name: unknown) => !names.includes(textOr(name, '')));
  if (stranger !== undefined) {
    refuseArgument(
      `* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: function ${JSON.stringify(stranger)} is not declared.`,
    );
  }
}

function checkConfig(config: JsonObject, { thinking: ways, maxOutputTokens }: Persona): void {
  const { responseSchema, responseJsonSchema, responseMimeType: mime, thinkingConfig } = config;
  if (responseSchema !== undefined && responseJsonSchema !== undefined) {
    refuseArgument('response_schema and response_json_schema must not both be set.');
  }
  if ((responseSchema ?? responseJsonSchema) !== undefined && mime !== 'application/json' && mime !== 'text/x.enum') {
    refuseArgument(
      "* GenerateContentRequest.generation_config.response_schema: only allowed when response_mime_type is set to 'application/json' or 'text/x.enum'.",
    );
  }
  if (mime !== undefined && !['application/json', 'text/plain', 'text/x.enum'].includes(textOr(mime, ''))) {
    refuseArgument(
      '* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.',
    );
  }
  if (Number(config['maxOutputTokens'] ?? 0) > maxOutputTokens) {
    refuseArgument(
      `* GenerateContentRequest.generation_config.max_output_tokens: must be in the range [1, ${maxOutputTokens + 1}).`,
    );
  }
  if (!isObject(thinkingConfig)) return;
  const { thinkingBudget: budget, thinkingLevel: level } = thinkingConfig;
  if (budget !== undefined && level !== undefined)
    refuseArgument('You can only set only one of thinking budget and thinking level.');
  if (level !== undefined && !ways.includes('effort'))
    refuseArgument('Thinking level is not supported for this model.');
}

import type { DialectId, JsonObject, RawCall } from '@sluice/contract';
import { removeMember } from './json-edit.js';
import { isJsonObject } from './json.js';

type Paths = Readonly<Record<string, readonly (readonly string[])[]>>;

/** Where dialects have a parameter elsewhere than under its own name at the top. */
const PATHS: Readonly<Partial<Record<DialectId, Paths>>> = {
  'openai-chat': { reasoning: [['reasoning_effort']] },
  // https://platform.claude.com/docs/en/api/messages/create
  'anthropic-messages': { stop: [['stop_sequences']], reasoning: [['thinking'], ['output_config', 'effort']] },
  // https://ai.google.dev/api/generate-content#generationconfig
  'gemini-generate': {
    temperature: [['generationConfig', 'temperature']],
    top_p: [['generationConfig', 'topP']],
    top_k: [['generationConfig', 'topK']],
    presence_penalty: [['generationConfig', 'presencePenalty']],
    frequency_penalty: [['generationConfig', 'frequencyPenalty']],
    logprobs: [['generationConfig', 'responseLogprobs']],
    top_logprobs: [['generationConfig', 'logprobs']],
    seed: [['generationConfig', 'seed']],
    stop: [['generationConfig', 'stopSequences']],
    reasoning: [['generationConfig', 'thinkingConfig']],
  },
};

/** Values that say no more than silence would, so that nobody refuses them. */
const NEUTRAL: Readonly<Record<string, unknown>> = { temperature: 1 };

/** Where a dialect has a parameter, which goes by its name in OpenAI's chat API; `reasoning` is all that asks for it. */
function parameterPaths(dialect: DialectId, parameter: string): readonly (readonly string[])[] {
  return PATHS[dialect]?.[parameter] ?? [[parameter]];
}

/** Whether a call says anything of a parameter that a model could mind. */
export function hasParameter(wire: JsonObject, dialect: DialectId, parameter: string): boolean {
  return parameterPaths(dialect, parameter).some((path) => {
    const value = valueAt(wire, path);
    return value !== undefined && value !== null && value !== NEUTRAL[parameter];
  });
}

/** The call without these parameters: their bytes are cut out, and all others stay as they came. */
export function withoutParameters(call: RawCall, dialect: DialectId, parameters: readonly string[]): RawCall {
  const paths = parameters.flatMap((parameter) => parameterPaths(dialect, parameter));
  return {
    ...call,
    body: paths.reduce<Uint8Array>(removeMember, call.body),
    wire: paths.reduce<JsonObject>(withoutMember, call.wire),
  };
}

function valueAt(wire: JsonObject, path: readonly string[]): unknown {
  let at: unknown = wire;
  for (const key of path) at = isJsonObject(at) ? at[key] : undefined;
  return at;
}

function withoutMember(object: JsonObject, [key = '', ...inside]: readonly string[]): JsonObject {
  const { [key]: member, ...rest } = object;
  if (member === undefined || inside.length === 0) return rest;
  return isJsonObject(member) ? { ...object, [key]: withoutMember(member, inside) } : object;
}

import { findSchemaFault, type SchemaFault } from '../../shape/strict-schema.js';
import { refuse } from '../../steps.js';
import type { JsonObject } from '../../question.js';
import type { Persona } from '../../personas.js';

const SAMPLING: readonly (readonly [name: string, only: number | boolean])[] = [
  ['temperature', 1],
  ['top_p', 1],
  ['presence_penalty', 0],
  ['frequency_penalty', 0],
  ['logprobs', false],
];

/** Sampling and the old name of the limit are refused by models that reason: developers.openai.com/api/docs/guides/reasoning */
export function checkReasoningModel(body: JsonObject, persona: Persona): void {
  const { sampling, thinking } = persona;
  if (typeof body['reasoning_effort'] === 'string' && thinking.length === 0) {
    refuseParameter('reasoning_effort');
  }
  if (sampling) return;
  if (typeof body['max_tokens'] === 'number') refuseParameter('max_tokens', " Use 'max_completion_tokens' instead.");
  if (body['stop'] !== undefined && body['stop'] !== null) refuseParameter('stop');
  // From GPT-5.1 on an effort of none takes them.
  if (body['reasoning_effort'] === 'none') return;
  checkSampling(body);
}

export function checkSampling(body: JsonObject): void {
  for (const [name, only] of SAMPLING) {
    const value = body[name];
    if (value === undefined || value === null || value === only) continue;
    refuse(
      `Unsupported value: '${name}' does not support ${JSON.stringify(value)} with this model. Only the default (${only}) value is supported.`,
      name,
      'unsupported_value',
    );
  }
}

export function refuseParameter(name: string, hint = ''): never {
  refuse(`Unsupported parameter: '${name}' is not supported with this model.${hint}`, name, 'unsupported_parameter');
}

export interface StrictSubject {
  readonly strict: unknown;
  /** `function 'x'` or `response_format 'x'`. */
  readonly subject: string;
  readonly param: string;
  readonly code?: string;
}

/** Throws where a schema that is to be kept strictly cannot be: developers.openai.com/api/docs/guides/structured-outputs#supported-schemas */
export function checkStrictSchema(schema: JsonObject, { strict, subject, param, code }: StrictSubject): void {
  const type = schema['type'];
  if (subject.startsWith('function') && Object.keys(schema).length > 0 && type !== 'object') {
    refuse(
      `Invalid schema for ${subject}: schema must be a JSON Schema of 'type: "object"', got 'type: "${typeof type === 'string' ? type : 'None'}"'.`,
      param,
      code,
    );
  }
  if (strict !== true) return;
  const fault = findSchemaFault(schema, { allRequired: true, refused: ['oneOf', 'allOf', 'not', 'patternProperties'] });
  if (fault) refuse(`Invalid schema for ${subject}: In context=${contextOf(fault)}, ${reasonOf(fault)}`, param, code);
}

/** A Python tuple, as the vendor prints it. */
function contextOf({ at }: SchemaFault): string {
  const names = at.map((name) => `'${name}'`);
  return names.length === 1 ? `(${names[0]},)` : `(${names.join(', ')})`;
}

function reasonOf({ why, names }: SchemaFault): string {
  switch (why) {
    case 'additional-properties':
      return "'additionalProperties' is required to be supplied and to be false.";
    case 'required':
      return `'required' is required to be supplied and to be an array including every key in properties. Missing '${names[0]}'.`;
    case 'keyword':
      return `'${names[0]}' is not permitted.`;
  }
}

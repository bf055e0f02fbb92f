import type { ChatRequest, JsonObject, ResponseFormat } from '@sluice/contract';
import { adjusted } from '@sluice/toolkit';
import { toHeldSchema } from '@sluice/provider-anthropic/internal';
import type { Plan } from './plan.js';
import type { ModelTraits } from './traits.js';
import { ANSWER_TOOL } from './wire.js';

/** How the answer is kept to the form that was asked for. At most one of the two is there. */
export interface FormatPlan extends Plan {
  /** The tool whose arguments are the answer: it has to be called. */
  readonly answerTool?: JsonObject;
  /** For the system text. */
  readonly instruction?: string;
}

type SchemaFormat = Extract<ResponseFormat, { readonly type: 'json-schema' }>;

const BARE = 'Answer with one JSON value and nothing else: no explanation and no code fence.';

/**
 * A schema goes into the API's own field where the model takes it, else into a tool that must be called, else into words.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html
 */
export function planFormat(request: ChatRequest, traits: ModelTraits): FormatPlan {
  const { responseFormat: format } = request;
  if (format === undefined || format.type === 'text') return {};
  if (format.type === 'json') return inWords(BARE);
  if (traits.schemas === 'field') return inField(format);
  if (traits.schemas === 'tool' && leavesToolsFree(request) && isObjectSchema(format)) {
    return { answerTool: toAnswerTool(format), adjustments: adjusted('response_format', 'emulated') };
  }
  return inWords(`${BARE} It must be valid against this JSON Schema:\n${JSON.stringify(format.schema)}`);
}

function inWords(instruction: string): FormatPlan {
  return { instruction, adjustments: adjusted('response_format', 'emulated') };
}

/** What schemas may say is what they may at Anthropic, for every maker's models. */
function inField({ name, description, schema }: SchemaFormat): FormatPlan {
  const held = toHeldSchema(schema);
  const described = description === undefined ? {} : { description };
  const jsonSchema = { schema: JSON.stringify(held.schema), name, ...described };
  return {
    outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } },
    adjustments: held.changed ? adjusted('response_format.schema', 'changed') : [],
  };
}

function toAnswerTool({ description, schema }: SchemaFormat): JsonObject {
  const purpose = description ?? 'The form of the answer.';
  return {
    toolSpec: {
      name: ANSWER_TOOL,
      description: `${purpose} Call this tool to answer: its arguments are the answer.`,
      inputSchema: { json: { type: 'object', ...schema } },
    },
  };
}

/** Where the caller forces a tool of its own, another one cannot be forced. */
function leavesToolsFree({ toolChoice, tools = [] }: ChatRequest): boolean {
  return tools.length === 0 || (toolChoice?.type !== 'required' && toolChoice?.type !== 'tool');
}

function isObjectSchema({ schema }: SchemaFormat): boolean {
  return schema.type === undefined || schema.type === 'object';
}

import type { ChatRequest, Encoded, JsonObject, Target, ToolDefinition } from '@sluice/contract';
import { droppedExtensions, extensionsFor } from '@sluice/toolkit';
import { ANTHROPIC_MESSAGES } from '@sluice/toolkit/anthropic-wire';
import { toApiUrl } from '../url.js';
import { toModelFamily } from './model-family.js';
import type { ModelFamily } from './model-family.js';
import type { Account } from './operation.js';
import { adjusted, dropped } from './plan.js';
import type { Plan } from './plan.js';
import { planReasoning } from './reasoning.js';
import { planSampling } from './sampling.js';
import { planTurns } from './turns.js';

/** A chat request as a call of `POST /v1/messages`. */
export function encodeChat(request: ChatRequest, target: Target, { headers, version }: Account): Encoded {
  const family = toModelFamily(target.model);
  const plans = toPlans(request, version === '2023-06-01' ? family : { ...family, sampling: false });
  const body = Object.assign({ model: target.model }, ...plans.map(({ fields }) => fields)) as JsonObject;
  return {
    request: { method: 'POST', url: toApiUrl(target.baseUrl, 'messages'), headers, body: JSON.stringify(body) },
    adjustments: plans.flatMap(({ adjustments }) => adjustments),
  };
}

/** In the order in which they are laid over each other: what the caller's own dialect added comes first. */
function toPlans(request: ChatRequest, family: ModelFamily): readonly Plan[] {
  const reasoning = planReasoning(request, family);
  return [
    planExtensions(request),
    planTurns(request.messages),
    reasoning,
    planSampling(request, family, reasoning.thinks),
    planTools(request),
    planOutput(request, reasoning.effort),
    planRest(request),
  ];
}

/** A name with a dot stands for a nested field that a chat request has no place for: reported, never sent. */
function planExtensions(request: ChatRequest): Plan {
  const own = Object.entries(extensionsFor(request, ANTHROPIC_MESSAGES));
  return {
    fields: Object.fromEntries(own.filter(([name]) => !name.includes('.'))),
    adjustments: [
      ...own.filter(([name]) => name.includes('.')).flatMap(([name]) => adjusted(name, 'dropped')),
      ...droppedExtensions(request, ANTHROPIC_MESSAGES),
    ],
  };
}

function planTools({ tools = [], toolChoice, parallelToolCalls }: ChatRequest): Plan {
  if (tools.length === 0) {
    const lost = [...dropped('tool_choice', toolChoice), ...dropped('parallel_tool_calls', parallelToolCalls)];
    return { fields: {}, adjustments: lost };
  }
  const choice = toToolChoice(toolChoice, parallelToolCalls === false);
  return { fields: { tools: tools.map(toTool), ...(choice ? { tool_choice: choice } : {}) }, adjustments: [] };
}

function toTool({ name, description, schema, strict }: ToolDefinition): JsonObject {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: { type: 'object', ...schema },
    ...(strict ? { strict } : {}),
  };
}

function toToolChoice(choice: ChatRequest['toolChoice'], oneAtATime: boolean): JsonObject | undefined {
  if (choice?.type === 'none') return { type: 'none' };
  if (!choice && !oneAtATime) return undefined;
  const one = oneAtATime ? { disable_parallel_tool_use: true } : {};
  if (choice?.type === 'tool') return { type: 'tool', name: choice.name, ...one };
  return { type: choice?.type === 'required' ? 'any' : 'auto', ...one };
}

/** The wire asks for a schema or for none: there is no way to ask for JSON of any shape. */
function planOutput({ responseFormat: format }: ChatRequest, effort: string | undefined): Plan {
  const schema = format?.type === 'json-schema' ? { format: { type: 'json_schema', schema: format.schema } } : {};
  const config = { ...(effort === undefined ? {} : { effort }), ...schema };
  return {
    fields: Object.keys(config).length === 0 ? {} : { output_config: config },
    adjustments: format?.type === 'json' ? adjusted('response_format', 'dropped') : [],
  };
}

function planRest({ stream, stop = [], user }: ChatRequest): Plan {
  const sequences = stop.filter((text) => /\S/.test(text));
  return {
    fields: {
      ...(stream ? { stream } : {}),
      ...(sequences.length === 0 ? {} : { stop_sequences: sequences }),
      ...(user === undefined ? {} : { metadata: { user_id: user } }),
    },
    adjustments: sequences.length === stop.length ? [] : adjusted('stop', 'changed'),
  };
}

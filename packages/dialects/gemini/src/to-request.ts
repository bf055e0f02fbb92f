import type { ChatRequest, JsonObject, ReasoningEffort, ResponseFormat, VendorState } from '@sluice/contract';
import { given, isJsonObject } from '@sluice/toolkit';
import {
  GEMINI_GENERATE,
  fromOpenApiSchema,
  geminiState,
  readToolChoice,
  readTools,
} from '@sluice/toolkit/gemini-wire';
import type { GenerateWire, WireConfig } from './schema.js';
import { toMessages, toSystem } from './to-messages.js';

const TRANSLATED: ReadonlySet<string> = new Set([
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'model',
]);
const CONFIGURED: ReadonlySet<string> = new Set([
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseLogprobs',
  'logprobs',
  'thinkingConfig',
]);

/** A checked body without its dialect. Throws `invalid_value` for content that no other dialect could say. */
export function toGenerateRequest(wire: GenerateWire, stream: boolean): ChatRequest {
  const config: WireConfig = wire.generationConfig ?? {};
  const fields = readExtensions(wire, config);
  return {
    messages: [...toSystem(wire.systemInstruction), ...toMessages(wire.contents)],
    stream,
    ...given('maxOutputTokens', config.maxOutputTokens),
    ...given('temperature', config.temperature),
    ...given('topP', config.topP),
    ...given('topK', config.topK),
    ...given('stop', config.stopSequences),
    ...given('seed', config.seed),
    ...given('presencePenalty', config.presencePenalty),
    ...given('frequencyPenalty', config.frequencyPenalty),
    ...given('responseFormat', readFormat(config)),
    ...given('reasoning', readReasoning(config.thinkingConfig)),
    ...given('logprobs', config.responseLogprobs ? { top: config.logprobs ?? 0 } : undefined),
    ...readFunctions(wire),
    ...given('extensions', fields && { dialect: GEMINI_GENERATE, fields }),
  };
}

function readFunctions({ tools: wire = [], toolConfig }: GenerateWire): Partial<ChatRequest> {
  const { tools, vendorTools } = readTools(wire);
  const choice = toolConfig?.functionCallingConfig;
  return {
    ...(tools.length > 0 ? { tools } : {}),
    ...(vendorTools.length > 0 ? { vendorTools } : {}),
    ...given('toolChoice', choice && readToolChoice(choice)),
  };
}

/** The name is nowhere on this wire; whoever wants one gets this. */
const SCHEMA_NAME = 'response';

function readFormat({
  responseMimeType: type,
  responseSchema,
  responseJsonSchema,
}: WireConfig): ResponseFormat | undefined {
  if (type !== 'application/json') return undefined;
  const schema = isJsonObject(responseJsonSchema)
    ? responseJsonSchema
    : responseSchema && fromOpenApiSchema(responseSchema);
  return schema ? { type: 'json-schema', name: SCHEMA_NAME, schema } : { type: 'json' };
}

const EFFORTS: ReadonlySet<string> = new Set<ReasoningEffort>(['minimal', 'low', 'medium', 'high']);
const THINKING: ReadonlySet<string> = new Set(['thinkingBudget', 'thinkingLevel', 'includeThoughts']);

function readReasoning(thinking: WireConfig['thinkingConfig']): ChatRequest['reasoning'] {
  if (!thinking) return undefined;
  const { thinkingBudget: budget, thinkingLevel: level, includeThoughts: shown } = thinking;
  const word = level?.toLowerCase() ?? '';
  const others = Object.entries(thinking).filter(([name]) => !THINKING.has(name));
  return {
    ...(EFFORTS.has(word) ? { effort: word as ReasoningEffort } : budget === 0 ? { effort: 'none' as const } : {}),
    ...(budget !== undefined && budget > 0 ? { budgetTokens: budget } : {}),
    ...(shown === undefined ? {} : { summary: shown ? ('auto' as const) : ('none' as const) }),
    ...given('opaque', others.length > 0 ? stateOf(others) : undefined),
  };
}

function stateOf(entries: readonly (readonly [string, unknown])[]): VendorState {
  return geminiState(Object.fromEntries(entries));
}

/** A nested field goes by its path. One candidate is what every dialect gives, plain text what all of them write. */
function readExtensions(wire: GenerateWire, config: WireConfig): JsonObject | undefined {
  const top = Object.entries(wire).filter(([name, value]) => !TRANSLATED.has(name) && value !== undefined);
  const inner = Object.entries(config)
    .filter(
      ([name, value]) => !CONFIGURED.has(name) && value !== undefined && !(name === 'candidateCount' && value === 1),
    )
    .map(([name, value]) => [`generationConfig.${name}`, value] as const);
  const { responseMimeType: type } = config;
  const odd =
    type === undefined || type === 'application/json' || type === 'text/plain'
      ? []
      : [['generationConfig.responseMimeType', type] as const];
  const choice = wire.toolConfig?.functionCallingConfig;
  const lostChoice =
    choice && readToolChoice(choice) === undefined && (choice.allowedFunctionNames?.length ?? 0) > 1
      ? [['toolConfig', wire.toolConfig] as const]
      : [];
  const fields = [...top, ...inner, ...odd, ...lostChoice];
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

import type { ModelFacts } from '@sluice/contract';
import { toModelFamily } from '@sluice/provider-anthropic/internal';
import type { ModelFamily } from '@sluice/provider-anthropic/internal';

/** What one model behind Converse takes. Most of it differs by maker, and the model's id is all there is to tell it by. */
export interface ModelTraits {
  /** Present for a Claude: how its generation is sampled and asked to think. */
  readonly claude?: ModelFamily;
  /** How a tool call may be forced: any tool, or a named one. */
  readonly forces: ReadonlySet<'any' | 'tool'>;
  /** How an answer is held to a schema: by a field of the API, by a tool that has to be called, or by words. */
  readonly schemas: 'field' | 'tool' | 'words';
  /** Whether a tool's arguments can be held to their schema. */
  readonly strictTools: boolean;
  /** Whether calls can be limited to one at a time. */
  readonly oneCall: boolean;
  /** Where the prompt cache takes marks, and whether it keeps an hour. Absent: it takes none. */
  readonly cache?: { readonly tools: boolean; readonly hour: boolean };
  /** Where an effort goes that is no Claude's. */
  readonly effort?: 'nova' | 'flat' | 'nested' | 'qwen';
  /** Whether `temperature` and `top_p` are taken. Of a Claude its generation says more. */
  readonly sampling: boolean;
  /** Where `top_k` goes. */
  readonly topK?: 'top_k' | 'k' | 'nova';
  /** Whether ids of tool calls have exactly nine letters and digits. */
  readonly shortIds: boolean;
}

type Forces = ModelTraits['forces'];
const ANY_OR_NAMED: Forces = new Set(['any', 'tool'] as const);
const ANY: Forces = new Set(['any'] as const);
const NOTHING: Forces = new Set();

/** What is taken for granted of a maker that is not known: every choice of tool goes on, and the vendor judges it. */
const UNKNOWN: ModelTraits = {
  forces: ANY_OR_NAMED,
  schemas: 'words',
  strictTools: false,
  oneCall: false,
  sampling: true,
  shortIds: false,
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
const HELD: Partial<ModelTraits> = { schemas: 'field', strictTools: true };

/**
 * The makers, the first that fits counting. Choices of tools:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html and PyPI langchain-aws 1.9.1,
 * chat_models/bedrock_converse.py. Caching: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html.
 * Efforts: https://docs.aws.amazon.com/nova/latest/nova2-userguide/using-converse-api.html and npm @ai-sdk/amazon-bedrock
 * 4.0.186, src/bedrock-chat-language-model.ts.
 */
const MAKERS: readonly (readonly [RegExp, Partial<ModelTraits>])[] = [
  [/amazon\.nova-2/, { schemas: 'tool', cache: { tools: false, hour: false }, effort: 'nova', topK: 'nova' }],
  [/amazon\.nova/, { schemas: 'tool', cache: { tools: false, hour: false }, topK: 'nova' }],
  [/openai\.gpt-oss/, { ...HELD, effort: 'flat' }],
  [/openai\.gpt/, { ...HELD, effort: 'nested', sampling: false }],
  [/deepseek\.v3/, { ...HELD, forces: ANY, effort: 'flat' }],
  [/mistral\.(?:ministral|magistral|voxtral|mistral-large-3)/, { ...HELD, shortIds: true }],
  [/mistral\.mistral-large/, { schemas: 'tool', forces: ANY, shortIds: true }],
  [/mistral\./, { forces: NOTHING, shortIds: true }],
  [/zai\.glm/, { ...HELD, forces: ANY }],
  [/qwen\.qwen3/, { ...HELD, effort: 'qwen' }],
  [/(?:moonshot|minimax\.|nvidia\.|google\.gemma)/, HELD],
  [/cohere\./, { forces: NOTHING, topK: 'k' }],
  [/(?:meta\.llama|ai21\.|amazon\.titan|deepseek\.r1|writer\.)/, { forces: NOTHING }],
];

/**
 * By what the catalogue knows of the model, and for the rest by its id. The id of an application's inference profile says
 * nothing: what an operator says of it under `catalogue:` is then all there is.
 */
export function toTraits(model: string, facts?: ModelFacts): ModelTraits {
  const named = byName(model, facts);
  if (!facts) return named;
  const { cache, ...traits } = named;
  const caches = facts.can.has('prompt-cache') ? (cache ?? { tools: true, hour: false }) : cache;
  return {
    ...traits,
    ...(facts.can.has('forced-tools') && named.forces === NOTHING ? { forces: ANY_OR_NAMED } : {}),
    ...(facts.cannot.has('forced-tools') ? { forces: NOTHING } : {}),
    ...(facts.refuses?.parameters.includes('temperature') ? { sampling: false } : {}),
    ...(caches && !facts.cannot.has('prompt-cache') ? { cache: caches } : {}),
  };
}

function byName(model: string, facts: ModelFacts | undefined): ModelTraits {
  // No other maker's models decide themselves how long they reason.
  if (model.includes('claude-') || facts?.can.has('adaptive-reasoning')) return toClaudeTraits(model, facts);
  const found = MAKERS.find(([pattern]) => pattern.test(model));
  return found ? { ...UNKNOWN, ...found[1] } : UNKNOWN;
}

/** Claude before 4.5. */
const BEFORE_4_5 = /claude-(?:v2|instant|3|(?:opus|sonnet)-4-(?:1-)?20)/;
/** Claude without a prompt cache on Bedrock. */
const UNCACHED = /claude-(?:v2|instant|3-(?:haiku|sonnet|opus|5-sonnet))/;
/** https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-structured-outputs.html */
const HOLDS_SCHEMAS = /claude-(?:(?:opus|sonnet|haiku)-4-5|opus-4-6)/;
/** PyPI langchain-aws 1.9.1, utils.py, `forced_tool_choice_unsupported`. */
const REFUSES_FORCE = /claude-(?:fable-5-1|opus-5-5|sonnet-5-5)/;

function toClaudeTraits(model: string, facts: ModelFacts | undefined): ModelTraits {
  const free = REFUSES_FORCE.test(model);
  const holds = HOLDS_SCHEMAS.test(model);
  const current = !BEFORE_4_5.test(model);
  return {
    claude: toModelFamily(model, facts),
    forces: free ? NOTHING : ANY_OR_NAMED,
    schemas: holds || free ? 'field' : 'tool',
    strictTools: holds,
    oneCall: current,
    sampling: true,
    topK: 'top_k',
    shortIds: false,
    ...(UNCACHED.test(model) ? {} : { cache: { tools: true, hour: current } }),
  };
}

/** Whose wire a model is asked over. */
export type VendorName = 'openai' | 'anthropic' | 'gemini' | 'bedrock' | 'cohere';

/** What a model will and will not take, beside what it says. */
export interface Persona {
  /** Takes temperature and its like. */
  readonly sampling: boolean;
  /** Continues an answer that the caller began. */
  readonly prefill: boolean;
  /** The ways in which reasoning can be asked for; none where it does not reason. */
  readonly thinking: readonly ('budget' | 'adaptive' | 'effort')[];
  /** Takes instructions between turns. */
  readonly systemTurns: boolean;
  /** Wants the signatures of its tool calls back. */
  readonly signsCalls: boolean;
  /** Shows its reasoning as text in wires that have no place of their own for it. */
  readonly showsReasoning: boolean;
  /** Bills what it writes to the cache. */
  readonly billsCacheWrites: boolean;
  readonly dimensions: number;
  readonly maxOutputTokens: number;
}

/** Takes everything: what a model is whose name only says how it answers. */
export const PLAIN: Persona = {
  sampling: true,
  prefill: true,
  thinking: ['budget', 'adaptive', 'effort'],
  systemTurns: true,
  signsCalls: false,
  showsReasoning: true,
  billsCacheWrites: false,
  dimensions: 256,
  maxOutputTokens: 10_000_000,
};

interface Family {
  readonly vendor: VendorName;
  readonly names: RegExp;
  /** A name of the family, for the list of models. */
  readonly example: string;
  readonly traits: Partial<Persona>;
}

const OPENAI_CLASSIC: Partial<Persona> = {
  thinking: [],
  showsReasoning: false,
  prefill: false,
  maxOutputTokens: 32_768,
};
const OPENAI_REASONING: Partial<Persona> = {
  ...OPENAI_CLASSIC,
  sampling: false,
  thinking: ['effort'],
  maxOutputTokens: 128_000,
};
const CLAUDE: Partial<Persona> = { thinking: ['budget'], systemTurns: false, maxOutputTokens: 64_000 };
const CLAUDE_NEW: Partial<Persona> = {
  sampling: false,
  prefill: false,
  thinking: ['adaptive'],
  maxOutputTokens: 128_000,
};
const GEMINI: Partial<Persona> = { thinking: ['budget'], maxOutputTokens: 65_536, dimensions: 3_072 };

/**
 * Families of vendors' models with what each refuses. Sources: developers.openai.com/api/docs/guides/latest-model (sampling, effort), platform.claude.com/docs/en/api/errors (prefill), .../build-with-claude/extended-thinking and
 * .../adaptive-thinking (ways to think), ai.google.dev/gemini-api/docs/thought-signatures, docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html.
 */
const FAMILIES: readonly Family[] = [
  {
    vendor: 'openai',
    example: 'gpt-4.1',
    names: /^(gpt-(3\.5|4)|chatgpt-4o|davinci-002|babbage-002)/,
    traits: OPENAI_CLASSIC,
  },
  {
    vendor: 'openai',
    example: 'gpt-6',
    names: /^gpt-(5\.[6-9]|[6-9])/,
    traits: { ...OPENAI_REASONING, billsCacheWrites: true },
  },
  { vendor: 'openai', example: 'gpt-5-mini', names: /^(gpt-5|o[134](-|$)|codex-)/, traits: OPENAI_REASONING },
  {
    vendor: 'openai',
    example: 'text-embedding-3-large',
    names: /^text-embedding-3-large$/,
    traits: { dimensions: 3_072 },
  },
  {
    vendor: 'openai',
    example: 'text-embedding-3-small',
    names: /^text-embedding-(3-small|ada-002)$/,
    traits: { dimensions: 1_536 },
  },
  { vendor: 'openai', example: 'gpt-image-1', names: /^(gpt-image-|dall-e-)/, traits: {} },
  { vendor: 'openai', example: 'tts-1', names: /^(tts-1|whisper-1)/, traits: {} },
  { vendor: 'openai', example: 'omni-moderation-latest', names: /^(omni|text)-moderation-/, traits: {} },
  {
    vendor: 'anthropic',
    example: 'claude-haiku-4-5',
    names: /^claude-(haiku|sonnet|opus)-4-[015](-\d{8})?$/,
    traits: CLAUDE,
  },
  {
    vendor: 'anthropic',
    example: 'claude-sonnet-4-6',
    names: /^claude-(sonnet|opus)-4-6/,
    traits: { ...CLAUDE, prefill: false, thinking: ['budget', 'adaptive'] },
  },
  {
    vendor: 'anthropic',
    example: 'claude-opus-4-7',
    names: /^claude-opus-4-7/,
    traits: { ...CLAUDE_NEW, systemTurns: false },
  },
  {
    vendor: 'anthropic',
    example: 'claude-sonnet-5',
    names: /^claude-sonnet-5$/,
    traits: { ...CLAUDE_NEW, systemTurns: false },
  },
  {
    vendor: 'anthropic',
    example: 'claude-opus-5',
    names: /^claude-(opus-4-8|(haiku|sonnet|opus|fable|mythos)-([5-9]|preview))/,
    traits: CLAUDE_NEW,
  },
  {
    vendor: 'gemini',
    example: 'gemini-3.1-flash-image',
    names: /^gemini-[\d.]+-(pro|flash|flash-lite)-image/,
    traits: { ...GEMINI, thinking: [], signsCalls: false },
  },
  {
    vendor: 'gemini',
    example: 'gemini-2.5-flash-preview-tts',
    names: /^gemini-[\d.]+-[a-z-]+-tts/,
    traits: { thinking: [], maxOutputTokens: 16_384 },
  },
  { vendor: 'gemini', example: 'gemini-3.5-transcribe', names: /^gemini-[\d.]+-transcribe$/, traits: { thinking: [] } },
  { vendor: 'gemini', example: 'gemini-2.5-flash', names: /^gemini-(2\.|flash)/, traits: GEMINI },
  {
    vendor: 'gemini',
    example: 'gemini-3-pro-preview',
    names: /^gemini-([3-9]|pro-latest)/,
    traits: { ...GEMINI, thinking: ['budget', 'effort'], signsCalls: true },
  },
  {
    vendor: 'gemini',
    example: 'gemini-embedding-001',
    names: /^(gemini-embedding|text-embedding-00)/,
    traits: { dimensions: 3_072 },
  },
  {
    vendor: 'bedrock',
    example: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    names: /^anthropic\.claude-[a-z]+-4-[015]-/,
    traits: CLAUDE,
  },
  { vendor: 'bedrock', example: 'anthropic.claude-opus-4-7', names: /^anthropic\.claude-/, traits: CLAUDE_NEW },
  {
    vendor: 'bedrock',
    example: 'amazon.nova-canvas-v1:0',
    names: /^(amazon\.(nova-canvas|titan-image)|stability\.(sd3|stable-image))/,
    traits: {},
  },
  { vendor: 'bedrock', example: 'cohere.rerank-v3-5:0', names: /^(amazon|cohere)\.rerank-/, traits: {} },
  {
    vendor: 'bedrock',
    example: 'amazon.nova-lite-v1:0',
    names: /^amazon\.nova-/,
    traits: { prefill: false, thinking: [], maxOutputTokens: 10_000 },
  },
  {
    vendor: 'bedrock',
    example: 'meta.llama3-3-70b-instruct-v1:0',
    names: /^(meta\.llama|mistral\.|openai\.gpt-oss|deepseek\.|qwen\.)/,
    traits: { thinking: [] },
  },
  {
    vendor: 'bedrock',
    example: 'amazon.titan-embed-text-v2:0',
    names: /^amazon\.titan-embed-text-v2/,
    traits: { dimensions: 1_024 },
  },
  {
    vendor: 'bedrock',
    example: 'cohere.embed-english-v3',
    names: /^cohere\.embed-/,
    traits: { dimensions: 1_024 },
  },
  {
    vendor: 'bedrock',
    example: 'amazon.titan-embed-text-v1',
    names: /^amazon\.titan-embed-/,
    traits: { dimensions: 1_536 },
  },
  { vendor: 'cohere', example: 'command-a-03-2025', names: /^command-/, traits: {} },
  { vendor: 'cohere', example: 'rerank-v4.0-pro', names: /^rerank-/, traits: {} },
  { vendor: 'cohere', example: 'embed-v4.0', names: /^embed-(v4|english|multilingual)/, traits: { dimensions: 1_536 } },
];

/** A name that every vendor's list of models may show. */
export interface PersonaExample {
  readonly id: string;
  readonly maxOutputTokens: number;
}

export function listPersonas(vendor: VendorName): readonly PersonaExample[] {
  return FAMILIES.filter((family) => family.vendor === vendor).map(({ example, traits }) => ({
    id: example,
    maxOutputTokens: { ...PLAIN, ...traits }.maxOutputTokens,
  }));
}

/** What a vendor's model is like; nothing where this vendor has none of that name. */
export function findPersona(vendor: VendorName, id: string): Persona | undefined {
  const family = FAMILIES.find((known) => known.vendor === vendor && known.names.test(id));
  return family && { ...PLAIN, ...family.traits };
}

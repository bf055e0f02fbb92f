import type { ModelMode } from '@sluice/contract';

/** A provider of litellm's, as a provider kind (or preset of `openai-compatible`) of ours. */
interface Place {
  readonly kind: string;
  /** In front of the vendor's own name of a model. */
  readonly prefix?: string;
  /** Names that are kept, where there are others: variants of one model by size or region, agents, deals. */
  readonly keep?: RegExp;
  /** Its entries deny models what the vendor's own recordings show, so that only what they affirm is taken. */
  readonly deniesWrongly?: true;
}

const BEDROCK: Place = { kind: 'bedrock', keep: /^[^/]+$/ };
const VERTEX: Place = { kind: 'vertex', prefix: 'vertex_ai/', keep: /^[^/]+(?:\/[^/]+-maas)?$/ };
const FIREWORKS: Place = { kind: 'fireworks', prefix: 'fireworks_ai/', keep: /^accounts\// };
const COHERE: Place = { kind: 'cohere', prefix: 'cohere/' };
const OPENAI: Place = { kind: 'openai', keep: /^[^/]+$/ };

/**
 * The mainstream: the vendors for which there is an adapter, and the hosts of open models that are named most. Further
 * hosts sell the same models at prices of their own; what an operator uses of them stands in the operator's file.
 */
const PLACES: Readonly<Record<string, Place>> = {
  openai: OPENAI,
  'text-completion-openai': OPENAI,
  anthropic: { kind: 'anthropic' },
  gemini: { kind: 'google', prefix: 'gemini/' },
  azure: { kind: 'azure-openai', prefix: 'azure/', keep: /^[^/]+$/ },
  bedrock: BEDROCK,
  bedrock_converse: BEDROCK,
  vertex_ai: VERTEX,
  'vertex_ai-language-models': VERTEX,
  'vertex_ai-anthropic_models': VERTEX,
  'vertex_ai-embedding-models': VERTEX,
  'vertex_ai-mistral_models': VERTEX,
  'vertex_ai-llama_models': VERTEX,
  'vertex_ai-deepseek_models': VERTEX,
  'vertex_ai-qwen_models': VERTEX,
  'vertex_ai-openai_models': VERTEX,
  'vertex_ai-zai_models': VERTEX,
  mistral: { kind: 'mistral', prefix: 'mistral/' },
  deepseek: { kind: 'deepseek', prefix: 'deepseek/' },
  xai: { kind: 'xai', prefix: 'xai/', keep: /^[^/]+$/ },
  groq: { kind: 'groq', prefix: 'groq/' },
  // Time series and what the vendor no longer runs are left out.
  watsonx: {
    kind: 'watsonx',
    prefix: 'watsonx/',
    keep: /^(?!bigscience\/|core42\/|google\/|whisper|ibm\/granite-(?:13b|ttm))/,
    // `openai/gpt-oss-120b` calls tools in github.com/IBM/watsonx-ai-java-sdk at e07dd51, ChatServiceStreamingTest.java.
    deniesWrongly: true,
  },
  cohere: COHERE,
  cohere_chat: COHERE,
  together_ai: { kind: 'together', prefix: 'together_ai/', keep: /^[^/]+\/[^/]+$/ },
  fireworks_ai: FIREWORKS,
  'fireworks_ai-embedding-models': FIREWORKS,
  cerebras: { kind: 'cerebras', prefix: 'cerebras/' },
  perplexity: { kind: 'perplexity', prefix: 'perplexity/', keep: /^[^/]+$/ },
  moonshot: { kind: 'moonshot', prefix: 'moonshot/' },
  zai: { kind: 'zai', prefix: 'zai/' },
  dashscope: { kind: 'dashscope', prefix: 'dashscope/' },
  deepinfra: { kind: 'deepinfra', prefix: 'deepinfra/' },
};

/** Where a model is, and under which name there; nothing for what the catalogue leaves out. */
export function placeOf(key: string, provider: string): { readonly kind: string; readonly name: string } | undefined {
  const place = Object.hasOwn(PLACES, provider) ? PLACES[provider] : undefined;
  if (!place) return undefined;
  const { kind, prefix = '', keep } = place;
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  return keep && !keep.test(name) ? undefined : { kind, name };
}

/** Whether what the entries of this provider deny says nothing. */
export function deniesWrongly(provider: string): boolean {
  return Object.hasOwn(PLACES, provider) && PLACES[provider]?.deniesWrongly === true;
}

const MODES: Readonly<Record<string, ModelMode>> = {
  chat: 'chat',
  responses: 'responses',
  completion: 'completion',
  embedding: 'embed',
  image_generation: 'image',
  audio_speech: 'speech',
  audio_transcription: 'transcription',
  moderation: 'moderation',
  rerank: 'rerank',
};

/** Modes that the gateway has an endpoint for; video, OCR, search and live sessions are left out. */
export function modeOf(mode: unknown): ModelMode | undefined {
  return typeof mode === 'string' && Object.hasOwn(MODES, mode) ? MODES[mode] : undefined;
}

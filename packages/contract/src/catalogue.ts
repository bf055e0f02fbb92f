import type { Feature, ReasoningEffort, Usage } from './models.js';

/** What a model can do beyond answering with text; the first of them are what requests need. */
export type Capability =
  | Feature
  | 'parallel-tools'
  | 'forced-tools'
  | 'audio-output'
  | 'image-output'
  | 'prompt-cache'
  | 'prefill'
  /** Decides itself how long it reasons, steered by an effort. */
  | 'adaptive-reasoning';

export type ModelMode =
  | 'chat'
  /** Chat, over the Responses API alone. */
  | 'responses'
  | 'completion'
  | 'embed'
  | 'image'
  | 'speech'
  | 'transcription'
  | 'moderation'
  | 'rerank';

/** What is known of one model at one vendor. What is not said is not known, and no reason to refuse anything. */
export interface ModelFacts {
  readonly modes: readonly ModelMode[];
  readonly can: ReadonlySet<Capability>;
  readonly cannot: ReadonlySet<Capability>;
  /** The efforts that it takes; empty where they are not known. */
  readonly efforts: readonly ReasoningEffort[];
  /** Where the caller asks for none. */
  readonly defaultEffort?: ReasoningEffort;
  readonly refuses?: RefusedParameters;
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
  /** `YYYY-MM-DD`: when the vendor takes it away. */
  readonly retiresOn?: string;
  /** Empty where they are not known. */
  readonly prices: readonly PriceRow[];
}

/** Of what a caller may ask for, the parameters that some models refuse; by their names in OpenAI's chat API. */
export const SAMPLING_PARAMETERS = [
  'temperature',
  'top_p',
  'top_k',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'seed',
  'stop',
] as const;
export type SamplingParameter = (typeof SAMPLING_PARAMETERS)[number];

/** Parameters that the vendor answers with an error. */
export interface RefusedParameters {
  /** Names of {@link SAMPLING_PARAMETERS}. */
  readonly parameters: readonly string[];
  /** `reasoning`: taken at effort `none`. */
  readonly when: 'always' | 'reasoning';
}

/** What vendors charge for. */
export type PricedUnit =
  | 'input'
  | 'cachedInput'
  | 'cacheWrite'
  | 'cacheWrite1h'
  | 'output'
  | 'reasoning'
  | 'audioInput'
  | 'audioOutput'
  | 'image'
  | 'audioSecond'
  | 'character'
  | 'searchUnit';

/** Prices of one model under one condition. A unit that is missing here has the price of a less special row. */
export interface PriceRow {
  /** The service tier that was used: `flex`, `priority`, `batch`; the standard one where absent. */
  readonly tier?: string;
  /** Holds for requests with more input tokens than this, and then for all of their tokens. */
  readonly aboveInputTokens?: number;
  /** Of each day, in UTC, and until before the second; where the second is earlier, it is the next day's. */
  readonly hours?: PriceHours;
  /** Whole pico-USD (10^-12 USD) for one token or other unit: exact, and 1 USD for a million tokens is 1,000,000. */
  readonly picoUsd: Readonly<Partial<Record<PricedUnit, number>>>;
}

/** Minutes since midnight. */
export interface PriceHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** The models of one provider. Asked for on the hot path: constant time, and nothing new for a name asked before. */
export interface ModelCatalogue {
  /** Nothing where the catalogue does not know the model. */
  find(model: string): ModelFacts | undefined;
  /** Every name that it has; others may be found too, such as those with a date or a region. */
  readonly names: ReadonlySet<string>;
}

export interface PricedUse {
  readonly prices: readonly PriceRow[];
  readonly usage: Usage;
  /** As the provider reported it. */
  readonly serviceTier?: string | undefined;
  /** When it was asked for, milliseconds since 1970; without it, no price of an hour of the day holds. */
  readonly atMs?: number | undefined;
}
/** What a use costs in whole pico-USD; nothing where no price is known. */
export type PriceUse = (use: PricedUse) => bigint | undefined;

import type { ModelFacts } from '@sluice/contract';

const LEVELS = ['minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type ThinkingLevel = (typeof LEVELS)[number];

/** How the models of one family are asked to think. */
export type Thinking =
  | { readonly kind: 'none' }
  /** In tokens. `off`: 0 is taken too. */
  | { readonly kind: 'budget'; readonly min: number; readonly max: number; readonly off: boolean }
  | { readonly kind: 'level'; readonly levels: readonly ThinkingLevel[] };

export interface ModelFamily {
  readonly thinking: Thinking;
  /**
   * From Gemini 3 on: calls of functions must come back signed, their results may hold media, and an answer by schema is
   * possible beside functions.
   */
  readonly current: boolean;
  /** Whether the Gemini API takes penalties for it; Vertex AI always does. */
  readonly penalties: boolean;
  /** Whether it takes instructions apart from the conversation. */
  readonly system: boolean;
}

const OLD: ModelFamily = { thinking: { kind: 'none' }, current: false, penalties: true, system: true };
const NO_SYSTEM: ModelFamily = { ...OLD, system: false };
const OPEN: ModelFamily = { ...OLD, thinking: { kind: 'level', levels: ['minimal', 'high'] } };

/** Budgets: https://ai.google.dev/gemini-api/docs/thinking#set-budget */
const PRO_2_5 = budget(128, 32_768, false);
const FLASH_2_5 = budget(1, 24_576, true);
const FLASH_LITE_2_5 = budget(512, 24_576, true);

/**
 * Levels: https://ai.google.dev/gemini-api/docs/generate-content/thinking#thinking-levels, and by model npm
 * @ai-sdk/google 4.0.121, src/google-model-catalog.ts. A level that a model does not have is refused with 400.
 */
const ALL = current(['minimal', 'low', 'medium', 'high']);
const NO_MINIMAL = current(['low', 'medium', 'high']);
const TWO = current(['low', 'high']);
const EXTRA = current(['low', 'medium', 'high', 'xhigh']);
const PICTURES: ModelFamily = { ...NO_MINIMAL, thinking: PRO_2_5.thinking };

const GEMINI = /gemini-(\d+)(?:\.(\d+))?-?([a-z-]*)/;

/**
 * The family by the model's name, and its levels by what the catalogue knows. A model that is not known here is taken for
 * a current one, with the levels that all have.
 */
export function toModelFamily(model: string, facts?: ModelFacts): ModelFamily {
  const family = byName(model);
  if (!facts || family.thinking.kind !== 'level') return family;
  const levels = LEVELS.filter((level) => facts.efforts.includes(level));
  return levels.length === 0 ? family : { ...family, thinking: { kind: 'level', levels } };
}

function byName(model: string): ModelFamily {
  const gemma = /gemma-?(\d+)/.exec(model);
  if (gemma) return Number(gemma[1]) > 3 ? OPEN : NO_SYSTEM;
  if (model.includes('robotics-er-1.5')) return FLASH_2_5;
  const [, major, minor = '0', variant = ''] = GEMINI.exec(model) ?? [];
  if (major === undefined) return NO_MINIMAL;
  const version = Number(major) * 100 + Number(minor);
  if (version < 205) return OLD;
  return version < 300 ? toFamily25(variant) : toFamily3(version, variant);
}

function toFamily25(variant: string): ModelFamily {
  if (variant.startsWith('pro')) return PRO_2_5;
  return variant.startsWith('flash-lite') ? FLASH_LITE_2_5 : FLASH_2_5;
}

/** `version` is 307 for 3.7. */
function toFamily3(version: number, variant: string): ModelFamily {
  if (version === 300 && variant.startsWith('pro-image')) return PICTURES;
  if (variant.startsWith('pro')) return version === 300 ? TWO : NO_MINIMAL;
  if (variant.startsWith('flash-lite')) return ALL;
  if (variant.startsWith('flash')) return version < 307 ? ALL : NO_MINIMAL;
  return variant.startsWith('hydrogen') ? EXTRA : NO_MINIMAL;
}

function budget(min: number, max: number, off: boolean): ModelFamily {
  return { thinking: { kind: 'budget', min, max, off }, current: false, penalties: false, system: true };
}

function current(levels: readonly ThinkingLevel[]): ModelFamily {
  return { thinking: { kind: 'level', levels }, current: true, penalties: true, system: true };
}

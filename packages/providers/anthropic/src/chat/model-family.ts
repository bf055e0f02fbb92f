import type { ModelFacts } from '@sluice/contract';

/** What the models of one generation take. */
export interface ModelFamily {
  /** `budget`: tokens set aside by the caller. `adaptive`: the model decides, steered by an effort. */
  readonly thinking: 'budget' | 'adaptive';
  /** The kinds of `thinking` that the model takes; any other is refused. */
  readonly thinkingTypes: ReadonlySet<string>;
  /** Whether `temperature`, `top_p` and `top_k` are taken at all. */
  readonly sampling: boolean;
  /** Whether a temperature and a `top_p` may come together. */
  readonly bothSamplers: boolean;
  /** Whether the efforts reach from `low` to `max` without a gap. */
  readonly everyEffort: boolean;
  /** Whether a conversation may end with an answer that the model is to go on with. */
  readonly prefill: boolean;
  /** Whether instructions may stand in the middle of a conversation. */
  readonly midSystem: boolean;
  /** Whether thinking comes back only with the signature that it went out with. */
  readonly signedThinking: boolean;
}

const OTHER_MAKER: ModelFamily = {
  thinking: 'budget',
  thinkingTypes: new Set(['enabled', 'adaptive', 'between_tools', 'disabled']),
  sampling: true,
  bothSamplers: true,
  everyEffort: true,
  prefill: true,
  midSystem: false,
  signedThinking: false,
};
const BUDGET: ModelFamily = {
  ...OTHER_MAKER,
  thinkingTypes: new Set(['enabled', 'disabled']),
  bothSamplers: false,
  signedThinking: true,
};
const TURN: ModelFamily = {
  ...BUDGET,
  thinking: 'adaptive',
  thinkingTypes: new Set(['enabled', 'adaptive', 'disabled']),
  everyEffort: false,
  prefill: false,
};
const CURRENT: ModelFamily = {
  ...TURN,
  thinkingTypes: new Set(['adaptive']),
  sampling: false,
  everyEffort: true,
  midSystem: true,
};
const ADAPTIVE_OR_NONE: ReadonlySet<string> = new Set(['adaptive', 'disabled']);
const ADAPTIVE_OR_LITTLE: ReadonlySet<string> = new Set(['adaptive', 'between_tools']);

/** Claude up to 4.5, with or without a date behind the version. */
const UP_TO_4_5 = /claude-(?:instant|[123]\b|(?:opus|sonnet|haiku)-4(?:[-.][0-5](?!\d))?(?![-.]\d(?!\d)))/;
const AT_4_6 = /claude-(?:opus|sonnet)-4[-.]6/;
/** Those of the current generation for which instructions in the middle of a conversation are refused or not sure. */
const SYSTEM_FIRST = /claude-(?:opus-4[-.]7|mythos-preview|sonnet-5(?![-.]\d(?!\d)))/;
/** Those that can be told not to think. */
const MAY_NOT_THINK = /claude-(?:opus-4[-.][78]|(?:opus|sonnet)-5(?![-.]\d(?!\d)))/;
/** Those whose least is to think between calls of tools. */
const THINKS_BETWEEN_TOOLS = /claude-(?:sonnet|haiku)-5[-.]5/;

/**
 * The family by what the catalogue knows of the model, and for the rest by its name: the one place of the adapter that
 * knows models apart. A Claude that is not known here
 * is taken for a current one, which refuses what the older ones took; models of other makers behind the same wire are
 * taken for tolerant.
 *
 * - Thinking: https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking,
 *   https://dev.to/persimmoq/claude-opus-55-sonnet-55-5-settings-that-return-400-when-you-only-change-the-model-name-5g36
 * - Prefill, refused since 4.6: https://platform.claude.com/docs/en/api/errors#prefill-not-supported
 * - Instructions in the middle, since Opus 4.8:
 *   https://github.com/langchain-ai/langchainjs/releases/tag/@langchain%2Fanthropic@1.5.13,
 *   not for `mythos-preview`: https://github.com/UKGovernmentBEIS/inspect_ai/pull/4221; of Sonnet 5 sources disagree:
 *   https://docs.rs/gproxy-transform/2.6.1/src/gproxy_transform/transform/common/claude_mid_conv_system.rs.html
 */
export function toModelFamily(model: string, facts?: ModelFacts): ModelFamily {
  const family = byName(model);
  if (!facts) return family;
  // What the catalogue says is newer than any rule by name, and an operator may have corrected it.
  return {
    ...(family === OTHER_MAKER && facts.can.has('adaptive-reasoning') ? CURRENT : family),
    sampling: !facts.refuses?.parameters.includes('temperature'),
    ...(facts.can.has('prefill') ? { prefill: true } : {}),
    ...(facts.cannot.has('prefill') ? { prefill: false } : {}),
    ...(facts.efforts.length > 0 ? { everyEffort: facts.efforts.includes('xhigh') } : {}),
  };
}

function byName(model: string): ModelFamily {
  if (!model.includes('claude-')) return OTHER_MAKER;
  if (UP_TO_4_5.test(model)) return BUDGET;
  if (AT_4_6.test(model)) return TURN;
  const family = SYSTEM_FIRST.test(model) ? { ...CURRENT, midSystem: false } : CURRENT;
  if (MAY_NOT_THINK.test(model)) return { ...family, thinkingTypes: ADAPTIVE_OR_NONE };
  return THINKS_BETWEEN_TOOLS.test(model) ? { ...family, thinkingTypes: ADAPTIVE_OR_LITTLE } : family;
}

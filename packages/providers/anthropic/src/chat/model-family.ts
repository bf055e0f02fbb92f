/** What the models of one generation take. */
export interface ModelFamily {
  /** `budget`: tokens set aside by the caller. `adaptive`: the model decides, steered by an effort. */
  readonly thinking: 'budget' | 'adaptive';
  /** Whether `temperature`, `top_p` and `top_k` are taken at all. */
  readonly sampling: boolean;
  /** Whether a temperature and a `top_p` may come together. */
  readonly bothSamplers: boolean;
  /** Whether the efforts reach from `low` to `max` without a gap. */
  readonly everyEffort: boolean;
}

const OTHER_MAKER: ModelFamily = { thinking: 'budget', sampling: true, bothSamplers: true, everyEffort: true };
const BUDGET: ModelFamily = { thinking: 'budget', sampling: true, bothSamplers: false, everyEffort: true };
const TURN: ModelFamily = { thinking: 'adaptive', sampling: true, bothSamplers: false, everyEffort: false };
const CURRENT: ModelFamily = { thinking: 'adaptive', sampling: false, bothSamplers: false, everyEffort: true };

/** Claude up to 4.5, with or without a date behind the version. */
const UP_TO_4_5 = /claude-(?:instant|[123]\b|(?:opus|sonnet|haiku)-4(?:[-.][0-5](?!\d))?(?![-.]\d(?!\d)))/;
const AT_4_6 = /claude-(?:opus|sonnet)-4[-.]6/;

/**
 * The family by the model's name. A Claude that is not known here is taken for a current one, which refuses what the
 * older ones took; models of other makers behind the same wire are taken for tolerant.
 * https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function toModelFamily(model: string): ModelFamily {
  if (!model.includes('claude-')) return OTHER_MAKER;
  if (UP_TO_4_5.test(model)) return BUDGET;
  return AT_4_6.test(model) ? TURN : CURRENT;
}

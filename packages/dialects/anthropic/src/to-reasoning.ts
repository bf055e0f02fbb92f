import type { ChatRequest } from '@sluice/contract';
import { ownState, restOf } from '@sluice/toolkit/anthropic-wire';
import type { Extras } from './extras.js';
import type { WireCall, WireThinking } from './wire-types.js';

type Reasoning = NonNullable<ChatRequest['reasoning']>;

const KNOWN: ReadonlySet<string> = new Set(['type', 'budget_tokens', 'display']);
const SUMMARIES: ReadonlyMap<string, Reasoning['summary']> = new Map([
  ['summarized', 'auto'],
  ['omitted', 'none'],
]);

/**
 * How the caller wants the model to think. In this dialect the effort steers more than thinking, and no thinking may
 * stand beside a high effort: the caller's own words go along for a target that knows them.
 */
export function toReasoning({ thinking, output_config: output }: WireCall, extras: Extras): Reasoning | undefined {
  const effort = output?.effort ?? undefined;
  if (!thinking && effort === undefined) return undefined;
  if (thinking) noteLost(thinking, extras);
  const own = { ...(thinking ? { thinking } : {}), ...(effort === undefined ? {} : { effort }) };
  return { ...toCanonical(thinking, effort), opaque: ownState(own) };
}

function toCanonical(thinking: WireThinking | undefined, effort: Reasoning['effort']): Reasoning {
  if (thinking?.type === 'disabled') return { effort: 'none' };
  const summary = SUMMARIES.get(thinking?.display ?? '');
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(thinking?.budget_tokens === undefined ? {} : { budgetTokens: thinking.budget_tokens }),
    ...(summary === undefined ? {} : { summary }),
  };
}

function noteLost(thinking: WireThinking, extras: Extras): void {
  const { type, display } = thinking;
  extras.add('thinking.', {
    ...restOf(thinking, KNOWN),
    ...(type === 'between_tools' ? { type } : {}),
    ...(display && !SUMMARIES.has(display) ? { display } : {}),
  });
}

import type { JsonObject } from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import type { NamedText, Side, WholeGuard, WholeQuestion } from '../kinds/guard.js';
import { refusal } from './bound-guard.js';
import type { BoundGuard } from './bound-guard.js';
import type { CallParts } from './call-parts.js';

export interface Judging extends Pick<CallParts, 'subject' | 'tally' | 'onFailure'> {
  readonly side: Side;
  readonly askedSchema: JsonObject | undefined;
}

/**
 * Lets guards judge texts, one after the other: each sees what those before it made of them. Gives back the texts as they
 * may be used. Rejects with `content_policy_violation`.
 */
export async function judgeAll(
  guards: readonly BoundGuard[],
  texts: readonly NamedText[],
  judging: Judging,
): Promise<readonly NamedText[]> {
  let current = texts;
  for (const guard of guards) {
    if (guard.mode === 'observe') void observe(guard, current, judging);
    else current = await enforce(guard, current, judging);
  }
  return current;
}

async function enforce(
  guard: BoundGuard,
  texts: readonly NamedText[],
  judging: Judging,
): Promise<readonly NamedText[]> {
  const { tally, side, subject, onFailure } = judging;
  const check = guard.check as WholeGuard;
  try {
    const judgement = await check.judge(toQuestion(texts, judging), subject.signal());
    if (judgement.verdict === 'reject') throw refusal(guard.name, side);
    tally.settle(guard, side, judgement.verdict === 'rewrite' ? 'rewritten' : 'passed');
    if (judgement.verdict === 'allow') return texts;
    return texts.map(({ kind, text }, i) => ({ kind, text: judgement.texts[i] ?? text }));
  } catch (cause) {
    if (subject.signal().aborted) throw subject.signal().reason;
    const isRefusal = isGatewayError(cause, 'content_policy_violation');
    tally.settle(guard, side, isRefusal ? 'refused' : 'failed');
    if (isRefusal) throw cause;
    onFailure(guard.name, cause);
    if (check.onFailure === 'allow') return texts;
    throw refusal(guard.name, side);
  }
}

/** Nobody waits for it. */
async function observe(guard: BoundGuard, texts: readonly NamedText[], judging: Judging): Promise<void> {
  const { tally, side, subject, onFailure } = judging;
  try {
    const { verdict } = await (guard.check as WholeGuard).judge(toQuestion(texts, judging), subject.signal());
    tally.settle(guard, side, verdict === 'allow' ? 'passed' : 'observed');
  } catch (cause) {
    if (subject.signal().aborted) return;
    tally.settle(guard, side, 'failed');
    onFailure(guard.name, cause);
  }
}

function toQuestion(texts: readonly NamedText[], { side, subject, askedSchema }: Judging): WholeQuestion {
  const { requestId, principal, models } = subject;
  return { side, requestId, principal, model: models[0] ?? '', texts, askedSchema };
}

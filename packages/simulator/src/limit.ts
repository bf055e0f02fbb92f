import { countTokens, splitTokens } from './tokens.js';
import type { Steps } from './behaviours.js';
import type { Question } from './question.js';

/** The steps as far as the caller wants them: up to its limit of tokens and its stop sequences. */
export function limit(steps: Steps, { maxTokens, stop = [] }: Question): Steps {
  const stopped = stop.length === 0 ? steps : stopAt(steps, stop);
  return maxTokens === undefined ? stopped : limitTokens(stopped, maxTokens);
}

/** Ends an answer with `length` where it would pass the caller's limit. Tool calls are never cut. */
function* limitTokens(steps: Steps, maxTokens: number): Steps {
  let left = maxTokens;
  for (const step of steps) {
    if (step.type === 'text' || step.type === 'reasoning') left -= countTokens(step.text);
    if (left < 0) {
      yield { type: 'finish', reason: 'length' };
      return;
    }
    yield step;
  }
}

/** Ends an answer before the first stop sequence. Text that might be the beginning of one is held back meanwhile. */
function* stopAt(steps: Steps, stops: readonly string[]): Steps {
  const longest = Math.max(...stops.map((stop) => stop.length));
  let held = '';
  for (const step of steps) {
    if (step.type !== 'text') {
      if (held !== '') yield { type: 'text', text: held };
      held = '';
      yield step;
      continue;
    }
    held += step.text;
    const found = findFirst(held, stops);
    if (found) {
      for (const text of splitTokens(held.slice(0, found.at))) yield { type: 'text', text };
      yield { type: 'finish', reason: 'stop', stop: found.stop };
      return;
    }
    const free = held.slice(0, Math.max(0, held.length - longest + 1));
    if (free !== '') yield { type: 'text', text: free };
    held = held.slice(free.length);
  }
}

function findFirst(text: string, stops: readonly string[]): { readonly at: number; readonly stop: string } | undefined {
  const found = stops.map((stop) => ({ stop, at: text.indexOf(stop) })).filter(({ at }) => at >= 0);
  return found.sort((left, right) => left.at - right.at)[0];
}

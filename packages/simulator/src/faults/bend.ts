import { faultOfStatus, type Manner, type Step } from '../steps.js';
import type { FaultAction } from './fault-rules.js';
import type { Question } from '../question.js';
import type { Steps } from '../behaviours.js';

const HTML = '<!doctype html><html><body><h1>Bad Gateway</h1></body></html>';

/** The steps as faults leave them, the first fault innermost. */
export function bend(steps: Steps, faults: readonly FaultAction[], question: Question): Steps {
  return faults.reduce((bent, fault) => bendOnce(bent, fault, question), steps);
}

type Of<Kind extends FaultAction['kind']> = Extract<FaultAction, { readonly kind: Kind }>;
/** Those that happen inside an answer, after some of its tokens. */
type Inside = Extract<FaultAction, { readonly afterTokens: number }>;
/** Those that make the whole of an answer other than it should be. */
type Mannered = Of<'usage' | 'terminal' | 'content-type' | 'headers'>;

function bendOnce(steps: Steps, fault: FaultAction, question: Question): Steps {
  switch (fault.kind) {
    case 'status':
      return only(toRefusal(fault));
    case 'hang':
      return only({ type: 'hang' });
    case 'drop':
      return only({ type: 'cut', by: fault.by === 'rst' ? 'reset' : 'close' });
    case 'bytes':
      return only({ type: 'bytes', bytes: fault.bytes, close: fault.close });
    case 'slow-headers':
      return before(steps, { type: 'wait', ms: fault.ms });
    case 'pace':
      return paced(steps, fault.ms);
    case 'keep-alive':
      return kept(steps, fault);
    case 'usage':
    case 'terminal':
    case 'content-type':
    case 'headers':
      return before(steps, { type: 'manner', ...toManner(fault) });
    case 'refuse-prefill':
      return question.prefill === undefined ? steps : only(PREFILL_REFUSED);
    case 'hang-connect':
      return steps;
    case 'stall':
    case 'cut':
    case 'quiet-end':
    case 'error-in-answer':
    case 'malformed-json':
    case 'long-line':
      return at(steps, fault.afterTokens, toStep(fault));
  }
}

function toStep(fault: Inside): Step {
  switch (fault.kind) {
    case 'stall':
      return fault.ms === undefined ? { type: 'hang' } : { type: 'wait', ms: fault.ms };
    case 'cut':
      return toCut(fault);
    case 'quiet-end':
      return { type: 'end' };
    case 'error-in-answer':
      return { type: 'fault', fault: { ...faultOfStatus(fault.status), message: fault.message ?? 'Overloaded.' } };
    case 'malformed-json':
      return { type: 'malformed' };
    case 'long-line':
      return { type: 'long-line', bytes: fault.lineBytes };
  }
}

function toManner(fault: Mannered): Manner {
  switch (fault.kind) {
    case 'usage':
      return { usage: fault.as };
    case 'terminal':
      return { terminal: fault.as };
    case 'content-type':
      return { contentType: fault.contentType };
    case 'headers':
      return { headers: fault.headers };
  }
}

/** https://platform.claude.com/docs/en/api/errors#prefill-not-supported */
const PREFILL_REFUSED: Step = {
  type: 'fault',
  fault: {
    kind: 'invalid',
    status: 400,
    message: 'This model does not support assistant message prefill. The conversation must end with a user message.',
  },
};

function toRefusal({ status, message, about, code, retryAfter, body }: Of<'status'>): Step {
  if (body === 'html') return { type: 'raw', status, contentType: 'text/html; charset=utf-8', body: HTML };
  if (body === 'empty') return { type: 'raw', status, contentType: 'text/plain', body: '' };
  const { retry, ...plain } = faultOfStatus(status);
  const advice = retryAfter ?? retry;
  return {
    type: 'fault',
    fault: {
      ...plain,
      message: message ?? plain.message,
      ...(about !== undefined && { kind: about }),
      ...(code !== undefined && { code }),
      ...(advice && { retry: advice }),
    },
  };
}

function toCut({ by, inside }: Of<'cut'>): Step {
  return { type: 'cut', by: by === 'rst' ? 'reset' : 'close', ...(inside && { inside }) };
}

function* only(step: Step): Steps {
  yield step;
}

function* before(steps: Steps, step: Step): Steps {
  yield step;
  yield* steps;
}

/** The steps with one put in after so many tokens, or before the end where there are fewer. */
function* at(steps: Steps, tokens: number, inserted: Step): Steps {
  let left = tokens;
  let done = false;
  for (const step of steps) {
    const isToken = step.type === 'text' || step.type === 'reasoning' || step.type === 'tool-call';
    if (!done && ((isToken && left === 0) || step.type === 'finish')) {
      done = true;
      yield { type: 'open' };
      yield inserted;
    }
    if (isToken) left -= 1;
    yield step;
  }
}

function* paced(steps: Steps, ms: number): Steps {
  let first = true;
  for (const step of steps) {
    if (step.type === 'text' || step.type === 'reasoning') {
      if (!first) yield { type: 'wait', ms };
      first = false;
    }
    yield step;
  }
}

/** Signs of life before the answer; without an answer where they have no number. */
function* kept(steps: Steps, { everyMs, times = Infinity }: Of<'keep-alive'>): Steps {
  yield { type: 'open' };
  for (let sent = 0; sent < times; sent += 1) {
    yield { type: 'wait', ms: everyMs };
    yield { type: 'keep-alive' };
  }
  yield* steps;
}

import { fillerTokens, splitTokens } from './tokens.js';
import { faultOfStatus, type Fault, type RetryAdvice, type Step } from './steps.js';
import { sampleSchema } from './schema-sample.js';
import type { Attachment, Question, Tool } from './question.js';
import type { Random } from './random.js';

export type Steps = Generator<Step, void, undefined>;

/** What a behaviour is given beside the question. */
export interface Chances {
  /** The same values for the same question and seed, so that an answer can be asked for again. */
  readonly content: Random;
  /** Differs from request to request; the sequence is the seed's. */
  readonly luck: Random;
}

/** One way to answer. `parameter` is the number in the model's name, or the table's default. */
export type Behaviour = (question: Question, chances: Chances, parameter: number) => Steps;

const STOP: Step = { type: 'finish', reason: 'stop' };

export function* echo(question: Question): Steps {
  yield* say(echoText(question));
  yield STOP;
}

export function* slow(question: Question, _: Chances, ms: number): Steps {
  yield { type: 'wait', ms };
  yield* echo(question);
}

export function* pace(question: Question, _: Chances, ms: number): Steps {
  let first = true;
  for (const text of splitTokens(echoText(question))) {
    if (!first) yield { type: 'wait', ms };
    first = false;
    yield { type: 'text', text };
  }
  yield STOP;
}

export function* tokens(_: Question, { content }: Chances, count: number): Steps {
  yield* filler(count, content);
  yield STOP;
}

export function tools(question: Question, { content }: Chances): Steps {
  return callTools(question, question.tools.slice(0, 1), content);
}

export function toolsParallel(question: Question, { content }: Chances): Steps {
  return callTools(question, question.tools.slice(0, question.parallelTools ? 2 : 1), content);
}

export function* json(question: Question, { content }: Chances): Steps {
  const value = question.schema ? sampleSchema(question.schema, content) : { answer: question.text };
  yield* say(JSON.stringify(value));
  yield STOP;
}

export function* reasoning(question: Question): Steps {
  yield* think(`The user said "${question.text}". Repeating it is enough.`);
  yield* echo(question);
}

export function auto(question: Question, chances: Chances): Steps {
  const { thinking, schema, toolRequired } = question;
  const answered = question.toolResult !== undefined;
  if (toolRequired && !answered) return tools(question, chances);
  if (schema) return json(question, chances);
  if (answered) return tools(question, chances);
  return thinking ? reasoning(question) : echo(question);
}

export function* describe({ attachments = [] }: Question): Steps {
  const lines = attachments.map(describeAttachment);
  yield* say(lines.length === 0 ? 'Nothing came with the message.' : lines.join('\n'));
  yield STOP;
}

export function* length(_: Question, { content }: Chances, count: number): Steps {
  yield* filler(count, content);
  yield { type: 'finish', reason: 'length' };
}

export function* refuse(): Steps {
  yield { type: 'refusal', text: 'I cannot help with that.' };
  yield { type: 'finish', reason: 'content-filter' };
}

export function* failWith(fault: Fault): Steps {
  yield { type: 'fault', fault };
}

export function failWithStatus(_: Question, __: Chances, status: number): Steps {
  return failWith(faultOfStatus(status));
}

export function limitRate(form: RetryAdvice['form']): Behaviour {
  return (_, __, seconds) =>
    failWith({ ...faultOfStatus(429), message: 'Rate limit reached.', retry: { form, ms: seconds * 1_000 } });
}

export function* flaky(question: Question, { luck }: Chances, percent: number): Steps {
  if (luck() * 100 < percent) yield* failWith(faultOfStatus(503));
  else yield* echo(question);
}

export function* hang(): Steps {
  yield { type: 'hang' };
}

export function* stall(_: Question, { content }: Chances, count: number): Steps {
  yield* opening(count, content);
  yield { type: 'hang' };
}

export function* keepAlive(_: Question, __: Chances, ms: number): Steps {
  yield { type: 'open' };
  for (;;) {
    yield { type: 'wait', ms };
    yield { type: 'keep-alive' };
  }
}

export function* cut(_: Question, { content }: Chances, count: number): Steps {
  yield* opening(count, content);
  yield { type: 'cut', by: 'reset' };
}

export function* truncated(question: Question): Steps {
  yield* say(echoText(question));
  yield { type: 'cut', by: 'close' };
}

export function* quietEnd(_: Question, { content }: Chances, count: number): Steps {
  yield* opening(count, content);
  yield { type: 'end' };
}

export function* errorInStream(_: Question, { content }: Chances, count: number): Steps {
  yield* opening(count, content);
  yield { type: 'fault', fault: { kind: 'overloaded', status: 529, message: 'Overloaded.' } };
}

export function* raw(contentType: string, body: string): Steps {
  yield { type: 'raw', contentType, body };
}

export function* noUsage(question: Question): Steps {
  yield { type: 'manner', usage: 'none' };
  yield* echo(question);
}

export function* wrongUsage(question: Question): Steps {
  yield { type: 'manner', usage: 'wrong' };
  yield* echo(question);
}

export function terminal(how: 'twice' | 'missing'): Behaviour {
  return function* terminate(question) {
    yield { type: 'manner', terminal: how };
    yield* echo(question);
  };
}

export function* mistyped(question: Question): Steps {
  yield { type: 'manner', contentType: 'text/html; charset=utf-8' };
  yield* echo(question);
}

export function* malformed(_: Question, { content }: Chances, count: number): Steps {
  yield* opening(count, content);
  yield { type: 'malformed' };
  yield STOP;
}

export function* cutCharacter(_: Question, { content }: Chances, count: number): Steps {
  yield* opening(count, content);
  yield { type: 'cut', by: 'reset', inside: 'code-point' };
}

/** A text, token by token. */
export function* say(answer: string): Steps {
  for (const text of splitTokens(answer)) yield { type: 'text', text };
}

function* think(thought: string): Steps {
  for (const text of splitTokens(thought)) yield { type: 'reasoning', text };
}

function* filler(count: number, random: Random): Steps {
  for (const text of fillerTokens(count, random)) yield { type: 'text', text };
}

function* opening(count: number, random: Random): Steps {
  yield { type: 'open' };
  yield* filler(count, random);
}

function* callTools(question: Question, chosen: readonly Tool[], random: Random): Steps {
  if (question.toolResult !== undefined) {
    yield* say(`The tool answered: ${question.toolResult}`);
    yield STOP;
  } else if (chosen.length === 0) {
    yield* say('No tool was offered.');
    yield STOP;
  } else {
    if (question.thinking) yield* think(`This needs ${chosen.map(({ name }) => name).join(' and ')}.`);
    for (const { name, schema, custom } of chosen) {
      const json = custom ? 'some input' : JSON.stringify(sampleSchema({ type: 'object', ...schema }, random));
      yield { type: 'tool-call', name, json, ...(custom && { custom }) };
    }
    yield { type: 'finish', reason: 'tool-calls' };
  }
}

function describeAttachment({ kind, mediaType, bytes, url }: Attachment): string {
  const size = bytes === undefined ? (url ?? 'unknown') : `${bytes} bytes`;
  return `${kind}: ${mediaType ?? 'unknown type'}, ${size}`;
}

/** Where the caller began the answer, what is still to say of it. */
function echoText(question: Question): string {
  const whole = wholeEcho(question);
  const { prefill = '' } = question;
  return prefill !== '' && whole.startsWith(prefill) && whole !== prefill ? whole.slice(prefill.length) : whole;
}

function wholeEcho({ text, images }: Question): string {
  if (images === 0) return text === '' ? '(no text)' : text;
  const counted = images === 1 ? '1 image' : `${images} images`;
  return text === '' ? `(${counted})` : `${text} (with ${counted})`;
}

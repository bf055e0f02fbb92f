import * as behave from './behaviours.js';
import type { Behaviour } from './behaviours.js';

/** The number at the end of a model's name. */
interface NameNumber {
  readonly unit: string;
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}
/** A name and what it stands for. */
export interface ModelRow {
  readonly name: string;
  readonly number?: NameNumber;
  readonly description: string;
  readonly behaviour: Behaviour;
}

const tokens = (initial: number): NameNumber => ({ unit: 'n', initial, min: 0, max: 10_000_000 });
const seconds = (initial: number): NameNumber => ({ unit: 's', initial, min: 0, max: 86_400 });
const milliseconds = (initial: number): NameNumber => ({ unit: 'ms', initial, min: 0, max: 600_000 });

const HTML = '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>';

const ANSWERS: readonly ModelRow[] = [
  {
    name: 'echo',
    description: 'Repeats the last user message, and says how many images came with it.',
    behaviour: behave.echo,
  },
  {
    name: 'slow',
    number: milliseconds(2000),
    description: 'Repeats it after so many milliseconds.',
    behaviour: behave.slow,
  },
  {
    name: 'pace',
    number: milliseconds(20),
    description: 'Repeats it with this gap between tokens.',
    behaviour: behave.pace,
  },
  {
    name: 'tokens',
    number: tokens(100),
    description: 'Answers with n tokens, as fast as they are read.',
    behaviour: behave.tokens,
  },
  {
    name: 'tools',
    description: 'Calls the first tool offered; after its result answers in text.',
    behaviour: behave.tools,
  },
  {
    name: 'tools-parallel',
    description: 'Calls the first two tools at once, where the caller allows it.',
    behaviour: behave.toolsParallel,
  },
  {
    name: 'auto',
    description:
      'Answers as it is asked: calls a tool that is required, gives JSON for a schema, thinks where told to.',
    behaviour: behave.auto,
  },
  { name: 'json', description: 'Answers with JSON that satisfies the schema asked for.', behaviour: behave.json },
  { name: 'reasoning', description: 'Thinks, then repeats the last user message.', behaviour: behave.reasoning },
  {
    name: 'describe',
    description: 'Says of each image, file and sound that came with the last message what it is and how large.',
    behaviour: behave.describe,
  },
  { name: 'length', number: tokens(8), description: 'Runs out of tokens after n.', behaviour: behave.length },
  { name: 'refuse', description: 'Refuses to answer.', behaviour: behave.refuse },
  { name: 'embed', description: 'Embeds: texts that share words lie close together.', behaviour: behave.echo },
  { name: 'no-usage', description: 'Repeats the message but reports no token counts.', behaviour: behave.noUsage },
];

const REFUSALS: readonly ModelRow[] = [
  {
    name: 'error',
    number: { unit: 'status', initial: 500, min: 400, max: 599 },
    description: "Fails with that HTTP status in the vendor's own shape; 429 says Retry-After: 2.",
    behaviour: behave.failWithStatus,
  },
  {
    name: 'retry-after',
    number: seconds(2),
    description: 'Fails with 429 and Retry-After in seconds.',
    behaviour: behave.limitRate('seconds'),
  },
  {
    name: 'retry-after-date',
    number: seconds(2),
    description: 'Fails with 429 and Retry-After as an HTTP date.',
    behaviour: behave.limitRate('date'),
  },
  {
    name: 'retry-after-ms',
    number: seconds(2),
    description: 'Fails with 429 and retry-after-ms.',
    behaviour: behave.limitRate('ms'),
  },
  {
    name: 'retry-after-vendor',
    number: seconds(2),
    description: "Fails with 429 and the wait in the vendor's own place: RetryInfo, x-ratelimit-reset and the like.",
    behaviour: behave.limitRate('vendor'),
  },
  {
    name: 'quota',
    description: 'Fails as an account without money does.',
    behaviour: () => behave.failWith({ kind: 'quota', status: 429, message: 'You exceeded your current quota.' }),
  },
  {
    name: 'context-length',
    description: 'Fails as a prompt that is too long does.',
    behaviour: () =>
      behave.failWith({
        kind: 'context-length',
        status: 400,
        message: 'prompt is too long: 200001 tokens > 200000 maximum',
        param: 'messages',
      }),
  },
  {
    name: 'content-policy',
    description: 'Fails as a prompt that the vendor will not take does.',
    behaviour: () =>
      behave.failWith({ kind: 'content-policy', status: 400, message: 'The prompt violates the usage policy.' }),
  },
  {
    name: 'flaky',
    number: { unit: 'percent', initial: 50, min: 0, max: 100 },
    description: 'Fails that share of requests with 503, by the seed; repeats the message otherwise.',
    behaviour: behave.flaky,
  },
];

const FAULTS: readonly ModelRow[] = [
  { name: 'hang', description: 'Takes the request and never answers.', behaviour: behave.hang },
  {
    name: 'stall',
    number: tokens(0),
    description: 'Opens the answer, gives n tokens, then falls silent.',
    behaviour: behave.stall,
  },
  {
    name: 'keep-alive',
    number: milliseconds(1000),
    description: 'Opens the answer, then sends nothing but a sign of life at this interval.',
    behaviour: behave.keepAlive,
  },
  { name: 'cut', number: tokens(3), description: 'Resets the connection after n tokens.', behaviour: behave.cut },
  {
    name: 'truncated',
    description: 'Closes the connection before the answer is whole.',
    behaviour: behave.truncated,
  },
  {
    name: 'quiet-end',
    number: tokens(3),
    description: 'Ends in good order after n tokens, but without a finish.',
    behaviour: behave.quietEnd,
  },
  {
    name: 'error-in-stream',
    number: tokens(3),
    description: 'Reports an error inside the answer after n tokens.',
    behaviour: behave.errorInStream,
  },
  {
    name: 'half-character',
    number: tokens(3),
    description: 'Resets the connection in the middle of a character after n tokens.',
    behaviour: behave.cutCharacter,
  },
  {
    name: 'wrong-usage',
    description: 'Repeats the message and counts twice as many tokens.',
    behaviour: behave.wrongUsage,
  },
  {
    name: 'twice-ended',
    description: 'Sends the frame that ends a stream twice.',
    behaviour: behave.terminal('twice'),
  },
  {
    name: 'no-end-frame',
    description: 'Sends all of a stream but the frame that ends it.',
    behaviour: behave.terminal('missing'),
  },
  {
    name: 'malformed',
    number: tokens(3),
    description: 'Sends something that is no JSON after n tokens.',
    behaviour: behave.malformed,
  },
  {
    name: 'mistyped',
    description: 'Repeats the message under the content type text/html.',
    behaviour: behave.mistyped,
  },
  {
    name: 'garbage',
    description: 'Answers 200 with a page of HTML.',
    behaviour: () => behave.raw('text/html; charset=utf-8', HTML),
  },
  {
    name: 'empty',
    description: 'Answers 200 with nothing in it.',
    behaviour: () => behave.raw('application/json', ''),
  },
];

/** Every model, in the order in which lists show them. */
export const MODEL_ROWS: readonly ModelRow[] = [...ANSWERS, ...REFUSALS, ...FAULTS];

import { STREAM_DELTAS, STREAM_FRAMES } from './mock-answers.js';

/** One kind of traffic. */
export interface Load {
  readonly name: string;
  readonly title: string;
  readonly path: string;
  readonly body: object;
  /** What an answer counts for: a stream's chunks, or one request. */
  readonly unit: 'request' | 'chunk';
  readonly unitsPerAnswer: number;
  /** What a good answer holds, `marksPerAnswer` times. */
  readonly mark: string;
  readonly marksPerAnswer: number;
  /** Requests at once while cost and rate are measured. */
  readonly concurrency: number;
  /** Turns that the targets take in one measurement; absent = one, for answers that take long. */
  readonly turns?: number;
  /** Highest CPU cost in terms of the pass-through's, or of what `against` names; absent = for information. */
  readonly limit?: number;
  /** The load whose cost for a unit, to the gateway itself, the limit is in terms of. */
  readonly against?: string;
}

const SENTENCE = 'Summarise the following report in three short sentences, and say "unsure" where it is.\n';
const SYSTEM = 'You are a helpful assistant.';
const prompt = (chars: number): string => SENTENCE.repeat(Math.ceil(chars / SENTENCE.length)).slice(0, chars);
const chat = (chars: number, extra: object = {}): object => ({
  model: 'bench',
  messages: [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: prompt(chars) },
  ],
  temperature: 0.2,
  max_tokens: 200,
  ...extra,
});

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';
const messages = (extra: object = {}): object => ({
  model: 'bench',
  max_tokens: 200,
  system: SYSTEM,
  messages: [{ role: 'user', content: prompt(820) }],
  ...extra,
});
const request = {
  unit: 'request',
  unitsPerAnswer: 1,
  mark: '"object":"chat.completion"',
  marksPerAnswer: 1,
  turns: 5,
} as const;
const chunks = {
  unit: 'chunk',
  unitsPerAnswer: STREAM_FRAMES,
  mark: 'data: ',
  marksPerAnswer: STREAM_FRAMES,
} as const;

export const LOADS: readonly Load[] = [
  { name: 'chat', title: '1 KB chat', path: CHAT, body: chat(820), ...request, concurrency: 64, limit: 1.9 },
  { name: 'large', title: '100 KB prompt', path: CHAT, body: chat(100_000), ...request, concurrency: 16, limit: 1.5 },
  {
    name: 'stream',
    title: 'stream, 5 ms gaps',
    path: CHAT,
    body: chat(820, { stream: true, user: 'paced' }),
    ...chunks,
    concurrency: 100,
    limit: 1.3,
  },
  {
    name: 'burst',
    title: 'stream, no gaps',
    path: CHAT,
    body: chat(820, { stream: true }),
    ...chunks,
    concurrency: 16,
    limit: 1.6,
  },
  {
    name: 'translated',
    title: 'Anthropic to OpenAI',
    path: MESSAGES,
    body: messages(),
    ...request,
    mark: '"type":"message"',
    concurrency: 32,
  },
  {
    name: 'translated-stream',
    title: 'Anthropic to OpenAI, 5 ms gaps',
    path: MESSAGES,
    body: messages({ stream: true, metadata: { user_id: 'paced' } }),
    ...chunks,
    mark: '"type":"text_delta"',
    marksPerAnswer: STREAM_DELTAS,
    concurrency: 100,
    limit: 2,
    against: 'stream',
  },
];

/** A client of one API, as far as it can be told from bytes. */
export interface WireClient {
  readonly name: string;
  path(stream: boolean): string;
  body(prompt: string): object;
  /** The text in one event of a stream. */
  textOf(event: never): string | undefined;
  /** Whether a stream ends as only a whole answer does. */
  isWhole(stream: string): boolean;
  /** Whether a stream reports an error. */
  isFailed(stream: string): boolean;
}

interface ChatChunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
}
interface GeminiChunk {
  readonly candidates?: readonly { readonly content?: { readonly parts?: readonly { readonly text?: string }[] } }[];
}

const userSays = (content: string): object[] => [{ role: 'user', content }];

/** The four dialects in which callers chat. */
export const WIRE_CLIENTS: readonly WireClient[] = [
  {
    name: 'openai chat',
    path: () => '/v1/chat/completions',
    body: (prompt) => ({ messages: userSays(prompt) }),
    textOf: ({ choices }: ChatChunk) => choices?.[0]?.delta?.content,
    isWhole: (stream) => stream.trimEnd().endsWith('data: [DONE]'),
    isFailed: (stream) => stream.includes('data: {"error":'),
  },
  {
    name: 'openai responses',
    path: () => '/v1/responses',
    body: (prompt) => ({ input: prompt }),
    textOf: ({ type, delta }: { readonly type?: string; readonly delta?: string }) =>
      type === 'response.output_text.delta' ? delta : undefined,
    isWhole: (stream) => stream.includes('event: response.completed'),
    isFailed: (stream) => /event: (?:error|response\.failed)/.test(stream),
  },
  {
    name: 'anthropic messages',
    path: () => '/v1/messages',
    body: (prompt) => ({ messages: userSays(prompt), max_tokens: 100 }),
    textOf: ({ delta }: { readonly delta?: { readonly text?: string } }) => delta?.text,
    isWhole: (stream) => stream.includes('event: message_stop'),
    isFailed: (stream) => stream.includes('event: error'),
  },
  {
    name: 'gemini',
    path: (stream) => `/v1beta/models/fast:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (prompt) => ({ contents: [{ role: 'user', parts: [{ text: prompt }] }] }),
    textOf: ({ candidates }: GeminiChunk) => candidates?.[0]?.content?.parts?.map(({ text }) => text ?? '').join(''),
    isWhole: (stream) => stream.includes('"finishReason"'),
    isFailed: (stream) => stream.includes('"error":'),
  },
];

/** All text of a stream. */
export function streamText(stream: string, client: WireClient): string {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => client.textOf(JSON.parse(line.slice('data: '.length)) as never) ?? '')
    .join('');
}

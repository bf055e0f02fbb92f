import { APIError as AnthropicApiError } from '@anthropic-ai/sdk';
import { APIError as OpenAiApiError } from 'openai';
import type { RemoteGateway } from './gateway.js';

/** A stream of text. */
export interface TextStream {
  readonly pieces: AsyncIterable<string>;
  leave(): void;
}

/** One of the SDKs, reduced to what every client does with it. */
export interface SdkClient {
  readonly sdk: 'openai' | 'anthropic';
  /** What it raises. */
  readonly ApiError: typeof OpenAiApiError | typeof AnthropicApiError;
  readonly path: string;
  plain(gateway: RemoteGateway, model: string, signal?: AbortSignal): Promise<string>;
  stream(gateway: RemoteGateway, model: string): Promise<TextStream>;
  /** Whether this text of a stream ends as only a whole answer does. */
  isWhole(stream: string): boolean;
  /** How often this text of a stream reports an error. */
  countErrors(stream: string): number;
}

const toRequest = (model: string) => ({ model, max_tokens: 40, messages: [{ role: 'user' as const, content: 'Hello' }] });

async function* map<T, U>(items: AsyncIterable<T>, change: (item: T) => U): AsyncIterable<U> {
  for await (const item of items) yield change(item);
}

const viaOpenAi: SdkClient = {
  sdk: 'openai',
  ApiError: OpenAiApiError,
  path: '/v1/chat/completions',
  async plain({ openai }, model, signal) {
    const answer = await openai.chat.completions.create(toRequest(model), signal && { signal });
    return answer.choices[0]?.message.content ?? '';
  },
  async stream({ openai }, model) {
    const stream = await openai.chat.completions.create({ ...toRequest(model), stream: true });
    return {
      pieces: map(stream, ({ choices }) => choices[0]?.delta.content ?? ''),
      leave: () => stream.controller.abort(),
    };
  },
  isWhole: (stream) => stream.trimEnd().endsWith('data: [DONE]'),
  countErrors: (stream) => stream.split('data: {"error":').length - 1,
};

const viaAnthropic: SdkClient = {
  sdk: 'anthropic',
  ApiError: AnthropicApiError,
  path: '/v1/messages',
  async plain({ anthropic }, model, signal) {
    const { content } = await anthropic.messages.create(toRequest(model), signal && { signal });
    return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  },
  async stream({ anthropic }, model) {
    const stream = await anthropic.messages.create({ ...toRequest(model), stream: true });
    return {
      pieces: map(stream, (event) =>
        event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '',
      ),
      leave: () => stream.controller.abort(),
    };
  },
  isWhole: (stream) => stream.includes('event: message_stop'),
  countErrors: (stream) => stream.split('event: error').length - 1,
};

export const CLIENTS: readonly SdkClient[] = [viaOpenAi, viaAnthropic];

/** The text of a stream up to where it ends or fails. */
export async function readAll({ pieces }: TextStream): Promise<{ readonly text: string; readonly error?: unknown }> {
  let text = '';
  try {
    for await (const piece of pieces) text += piece;
  } catch (error) {
    return { text, error };
  }
  return { text };
}

import { reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { onTestFinished } from 'vitest';
import type { GatewayConfig } from '../../gateway.js';
import { DONE, chatChunk } from './frames.js';
import { startGateway } from './gateway.js';
import type { TestGateway } from './gateway.js';
import { OPENAI_WIRE, setUp as setUpWith } from './upstreams.js';
import type { Setup } from './upstreams.js';

export const MODELS = reply().json({ data: [] });
export const SECRET = 'sk-abcdefgh1234';

export function completion(content: string, more: object = {}): Reply {
  const message = { role: 'assistant', content };
  return reply().json({
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message, finish_reason: 'stop', ...more }],
    usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
  });
}

export const END = [chatChunk({}, 'stop'), DONE];

export function spoken(...pieces: readonly string[]): Reply {
  return reply().sse([...pieces.map((content) => chatChunk({ role: 'assistant', content })), ...END]);
}

export interface GuardedSetup extends Pick<Setup<TestGateway>, 'gateway' | 'upstream'> {
  /** What reached the provider, past the first question for its models. */
  asked(): readonly string[];
}

export async function setUp(script: Reply, config: GatewayConfig): Promise<GuardedSetup> {
  const made = await setUpWith(OPENAI_WIRE, script, ({ providers }) => {
    const up = { kind: OPENAI_WIRE.kind, ...providers?.['up'], ...config.providers?.['up'] };
    const env = { UPSTREAM_KEY: 'sk-upstream', HOOK: SECRET.repeat(2) };
    return startGateway({ ...config, providers: { ...config.providers, up } }, env);
  });
  const { gateway, upstream } = made;
  onTestFinished(() => made[Symbol.asyncDispose]());
  return { gateway, upstream, asked: () => upstream.requests.slice(1).map(({ body }) => body.toString()) };
}

export const CHAT = '/v1/chat/completions';
export const chat = (content: string, more: object = {}) => ({
  model: 'up/m',
  messages: [{ role: 'user', content }],
  ...more,
});
export const textOf = async (answer: Response): Promise<string> => {
  const { choices } = (await answer.json()) as {
    readonly choices: readonly { readonly message: { readonly content: string } }[];
  };
  return choices[0]?.message.content ?? '';
};
/** The text of a stream, in the pieces in which it came. */
export const piecesOf = (stream: string): readonly string[] =>
  [...stream.matchAll(/"content":("(?:[^"\\]|\\.)+")/g)].map(([, piece = '""']) => JSON.parse(piece) as string);

